"""One settings file for every environment; what differs comes from environment variables.

Every default is the closed one: no DEBUG, HTTPS only, no secret key of its own.
docs/operations.md lists the variables.
"""

import os
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from agencies import request_log

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"


def flag(name, default=""):
    """True when the environment variable says 1, true, yes or on."""
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


def items(name, default=""):
    """The comma-separated environment variable as a list."""
    return [item.strip() for item in os.environ.get(name, default).split(",") if item.strip()]


def number(name, default):
    """The environment variable as a whole number above nought."""
    text = os.environ.get(name, "").strip() or str(default)
    if not (text.isascii() and text.isdecimal() and int(text)):
        raise ImproperlyConfigured(f"{name} is a whole number above 0, not: {text}")
    return int(text)


def base_url():
    """The register's own address, for mails: no request says it there. Without it, of the demonstration only."""
    url = os.environ.get("BASE_URL", "").strip().rstrip("/") or ("http://127.0.0.1:8000" if DEMO else "")
    if url and not url.startswith(("https://", "http://")):
        raise ImproperlyConfigured(f"BASE_URL is an address such as https://register.example.org, not: {url}")
    return url


def secret_key():
    """From SECRET_KEY, else from the file that bin/demo generates; never a built-in one."""
    key_file = VAR_DIR / "secret_key"
    if key := os.environ.get("SECRET_KEY", ""):
        return key
    if key_file.is_file() and (key := key_file.read_text().strip()):
        return key
    raise ImproperlyConfigured("Set SECRET_KEY, or run bin/demo once: it generates var/secret_key.")


DEBUG = flag("DEBUG")
DEMO = flag("DEMO")
SECRET_KEY = secret_key()
ALLOWED_HOSTS = items("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = items("CSRF_TRUSTED_ORIGINS")
BASE_URL = base_url()

# The project's apps come before django.forms, whose widget templates they override.
INSTALLED_APPS = [
    "agencies",
    "inspections",
    "findings",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "csp",
    "django_filters",
    "django_htmx",
    "django.forms",
]

MIDDLEWARE = [
    "agencies.request_log.RequestLog",
    # These stand before whatever may answer by itself, so that errors, redirects and static files say it too.
    "agencies.middleware.EveryAnswer",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "agencies.middleware.KnownMethods",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "agencies.middleware.NeverCachePrivatePages",
    "agencies.probes.WithoutSession",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "agencies.sign_in.own_sessions.SessionsEnd",
    "agencies.middleware.SignInRequired",
    "agencies.sign_in.second_step.SecondStepRequired",
    "django.contrib.messages.middleware.MessageMiddleware",
    "agencies.middleware.SavedTextGoes",
    "inspections.read_log.ReadsAreLogged",
    "django_htmx.middleware.HtmxMiddleware",
    "agencies.files.uploads.RefuseHugeRequests",
    "agencies.second_look.taken",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "agencies.context.site",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {
    "default": dj_database_url.config(
        default=f"sqlite:///{VAR_DIR / 'register.sqlite3'}",
        conn_max_age=60,
        conn_health_checks=True,
    )
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for the writer (WAL); writers queue at BEGIN instead of failing half-way.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
    }
    # A file, not memory: the tests open it from several connections, as the workers of a server do.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
else:
    # A server that is not there is noticed in seconds, not in the two hours of TCP; DATABASE_URL may say otherwise.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 3,
        "keepalives_idle": 20,
        "keepalives_interval": 5,
        "keepalives_count": 3,
        "tcp_user_timeout": 30_000,  # milliseconds
        **DATABASES["default"].get("OPTIONS", {}),
    }
# PgBouncer with transaction pooling hands a session from one to the other: nothing may be left open in it.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = flag("PGBOUNCER")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "agencies.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
# Publishing, withdrawing and changing people ask for the password again when the last time is longer ago.
FRESH_SIGN_IN_SECONDS = number("FRESH_SIGN_IN_SECONDS", 600)
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
CSRF_FAILURE_VIEW = "agencies.sign_in.views.csrf_failure"
# How long somebody stays signed in: without doing anything, and at most.
SESSION_IDLE_SECONDS = number("SESSION_IDLE_SECONDS", 30 * 60)
SESSION_MAX_SECONDS = SESSION_COOKIE_AGE = number("SESSION_MAX_SECONDS", 12 * 3600)
# How many proxies stand before the register and write X-Forwarded-For; without any that header is not believed.
TRUSTED_PROXIES = (
    number("TRUSTED_PROXIES", 1) if os.environ.get("TRUSTED_PROXIES", "0").strip() not in ("", "0") else 0
)
# Who cannot do without a second step. The people of the demonstration sign in by their password alone.
SECOND_STEP_FOR = [] if DEMO else items("SECOND_STEP_FOR", "manager,administrator")
# Single sign-on by OpenID Connect: all of these or none.
OIDC_ISSUER = os.environ.get("OIDC_ISSUER", "").strip()
OIDC_CLIENT_ID = os.environ.get("OIDC_CLIENT_ID", "").strip()
OIDC_CLIENT_SECRET = os.environ.get("OIDC_CLIENT_SECRET", "").strip()
OIDC_NAME = os.environ.get("OIDC_NAME", "").strip()
if len({bool(given) for given in (OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_NAME)}) > 1:
    raise ImproperlyConfigured(
        "Set all of OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET and OIDC_NAME, or none."
    )
# django-allauth: the steps of signing in. Its pages and mails are not used, nor its counting of tries.
ACCOUNT_ADAPTER = "agencies.sign_in.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_RATE_LIMITS = False
MFA_ADAPTER = "agencies.sign_in.second_step.Adapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]

LANGUAGE_CODE = "en-gb"
LANGUAGES = [("en-gb", _("English")), ("cy", _("Welsh"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["config.formats"]
TIME_ZONE = "Europe/London"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static", BASE_DIR / "build" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# HTTPS everywhere. PLAIN_HTTP is for a server that only this machine can reach.
PLAIN_HTTP = flag("PLAIN_HTTP")
SECURE_SSL_REDIRECT = not PLAIN_HTTP
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]  # asked for on the machine itself
SECURE_HSTS_SECONDS = 0 if PLAIN_HTTP else 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = not PLAIN_HTTP
SECURE_HSTS_PRELOAD = not PLAIN_HTTP
SESSION_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_SECURE = not PLAIN_HTTP
CSRF_COOKIE_HTTPONLY = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
if flag("TRUST_PROXY_TLS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 5

# Files that people send in, on a disk of this machine or one that keeps its promises (fsync, rename).
FILES_DIR = Path(os.environ.get("FILES_DIR", "") or VAR_DIR / "files")
EVIDENCE_MAX_BYTES = number("EVIDENCE_MAX_BYTES", 25 * 1024 * 1024)
FILE_UPLOAD_HANDLERS = ["agencies.files.uploads.LimitedUpload"]
# A file somewhat beyond the limit is told beside its field; a request beyond this is not read at all.
REQUEST_MAX_BYTES = DATA_UPLOAD_MAX_MEMORY_SIZE + 4 * EVIDENCE_MAX_BYTES

# What the reader of reports has learnt here (train_reader); while there is none, what comes with the product.
READER_FILE = Path(os.environ.get("READER_FILE", "") or VAR_DIR / "reader.json")

# Mail: printed where no server is named. TLS unless it is turned off by name.
EMAIL_HOST = os.environ.get("EMAIL_HOST", "").strip()
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if EMAIL_HOST else 'console'}.EmailBackend"
EMAIL_USE_SSL = flag("EMAIL_USE_SSL")
EMAIL_USE_TLS = not EMAIL_USE_SSL and flag("EMAIL_USE_TLS", default="1")
EMAIL_PORT = number("EMAIL_PORT", 465 if EMAIL_USE_SSL else 587)
EMAIL_HOST_USER = os.environ.get("EMAIL_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_PASSWORD", "")
EMAIL_TIMEOUT = 20  # seconds
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "").strip() or "register@localhost"
REMINDERS_MAX_PER_RUN = number("REMINDERS_MAX_PER_RUN", 500)

# What the worker does (agencies/jobs.py): {kind of job: the class that does it}.
JOBS = {"read_report": "findings.report_reading.ReportReading"}

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# To standard error: JSON, one object on each line; plain for people who develop.
LOG_FORMAT = os.environ.get("LOG_FORMAT", "").strip() or "json"
if LOG_FORMAT not in ("json", "plain"):
    raise ImproperlyConfigured(f"LOG_FORMAT is json or plain, not: {LOG_FORMAT}")
LOGGING = request_log.configuration(LOG_FORMAT)
