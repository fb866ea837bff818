"""How gunicorn serves the pages: one process with threads, more processes by WEB_CONCURRENCY on PostgreSQL."""

import os

bind = os.environ.get("BIND", "127.0.0.1:8000")
worker_class = "gthread"
threads = 8
timeout = 60
graceful_timeout = 5
keepalive = 30  # a rater reads for a while between two requests; an idle connection holds no thread
max_requests = 0
preload_app = False  # the arbiter stays small
loglevel = "warning"
control_socket_disable = True
# No header decides what gunicorn believes about the client; Django reads X-Forwarded-Proto when HTTPS is set.
forwarded_allow_ips = ""
