"""gunicorn's settings: `gunicorn --config deploy/gunicorn.conf.py config.wsgi:application`, from the program's folder."""

import logging
import os

from agencies.request_log import configuration

bind = os.environ.get("BIND", "127.0.0.1:8000")
workers = int(os.environ.get("WEB_WORKERS", "2"))
# Threads, because a browser holds spare connections open and each would block a worker without them.
worker_class = "gthread"
threads = 4
# Seconds. A page has its own limit, the database's statement_timeout; this is for a worker that hangs altogether.
timeout = 60
graceful_timeout = 30
keepalive = 5
# A worker is renewed now and then, not all at once: whatever it has gathered in memory goes.
max_requests = 5000
max_requests_jitter = 500
# In memory: on a slow disk the sign of life would stop workers that are well.
worker_tmp_dir = "/dev/shm"  # nosec B108 # gunicorn makes an unnamed file there
control_socket_disable = True

# One log for both. Addresses carry search words, so the access log stays off: the register writes a line of its own.
accesslog = None
logconfig_dict = configuration(os.environ.get("LOG_FORMAT") or "json")
logconfig_dict["loggers"] = {"gunicorn.error": {"level": "INFO", "handlers": ["console"], "propagate": False}}
logging.captureWarnings(True)  # as lines, too
