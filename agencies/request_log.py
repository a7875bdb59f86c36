"""The log: one line of JSON for each request and each thing worth telling, with nothing in it that people typed.

A line names people by id and pages by the name of their route. It has no address, no query, no form, and of an
exception its kind and where it happened, but not its words: those of a database quote rows.
"""

import json
import logging
import re
import traceback
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime
from time import perf_counter

HEADER = "X-Request-ID"
SAFE = re.compile(r"[A-Za-z0-9_-]{8,64}\Z")
request_id = ContextVar("request_id", default=None)
logger = logging.getLogger("register.requests")


class RequestLog:
    """Gives each request an id, says it in the answer, and writes the line of the request."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        begun = perf_counter()
        given = request.headers.get(HEADER, "")
        token = request_id.set(given if SAFE.match(given) else uuid.uuid4().hex)
        try:
            response = self.get_response(request)
            response.headers[HEADER] = request_id.get()
            level = logging.INFO if response.status_code < 500 else logging.WARNING
            logger.log(level, "request", extra={"of_request": _line(request, response, begun)})
            return response
        finally:
            request_id.reset(token)


def _line(request, response, begun):
    """What is told of a request. The person is told where they were looked up anyway: no query for the log's sake."""
    route = request.resolver_match
    return {
        "method": request.method if request.method in ("GET", "HEAD", "POST") else "other",
        "route": route.view_name if route else None,
        "status": response.status_code,
        "ms": round((perf_counter() - begun) * 1000, 1),
        "user": getattr(getattr(request, "_cached_user", None), "pk", None),
    }


def told(record):
    """{name: value} of a record of the log, without what people typed."""
    line = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
        "request": request_id.get(),
    }
    if of_request := getattr(record, "of_request", None):
        return line | of_request
    # Words of Django and gunicorn about a request hold its address, and what was wrong with it.
    of_gunicorn = record.name == "gunicorn.error" and "request" in str(record.msg)
    about_request = hasattr(record, "request") or of_gunicorn
    line["message"] = "about this request" if about_request else record.getMessage()
    if status := getattr(record, "status_code", None):
        line["status"] = status
    if record.exc_info and record.exc_info[1]:
        line["exception"] = [_exception(error) for error in _chain(record.exc_info[1])]
    return line


def _chain(error):
    while error is not None:
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _exception(error):
    found = {
        "kind": f"{type(error).__module__}.{type(error).__qualname__}",
        "where": [f"{at.filename}:{at.lineno} {at.name}" for at in traceback.extract_tb(error.__traceback__)],
    }
    # PostgreSQL's code and the name of the constraint say what went wrong, without the row.
    if code := getattr(error, "pgcode", None):
        found["sqlstate"] = code
    if constraint := getattr(getattr(error, "diag", None), "constraint_name", None):
        found["constraint"] = constraint
    return found


class Json(logging.Formatter):
    """One line of ASCII: control characters, line breaks and directions of writing are escaped."""

    def format(self, record):
        return json.dumps(told(record), ensure_ascii=True, default=str)


class Plain(logging.Formatter):
    """For development: the same, to be read by a person, and with the words of exceptions; requests only that failed."""

    def format(self, record):
        line = told(record)
        words = " ".join(f"{name}={value}" for name, value in line.items() if name not in ("at", "exception"))
        text = f"{line['at'][11:23]} {words.encode('unicode_escape').decode()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


def configuration(form="json"):
    """For logging.config, and for gunicorn: everything to standard error. `form`: "json" or "plain"."""
    formatter = {"json": "agencies.request_log.Json", "plain": "agencies.request_log.Plain"}[form]
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"lines": {"()": formatter}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "lines"},
            # Without a handler of any kind Python would write the words themselves to standard error.
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["console"], "level": "WARNING"},
        "loggers": {
            "register.requests": {"level": "INFO" if form == "json" else "WARNING"},
            # Replaces Django's own handlers, which would write addresses beside this.
            "django": {"handlers": [], "level": "WARNING"},
            # What was refused is in the line of its request; what went wrong is told with its traceback.
            "django.request": {"level": "ERROR"},
            # Scanners send wrong host names by the thousand; each gets a 400 and needs no traceback.
            "django.security.DisallowedHost": {"handlers": ["nowhere"], "propagate": False},
            # It complains of every HEAD that Django answers like a GET.
            "gunicorn.http.wsgi": {"level": "ERROR"},
        },
    }
