"""How Intercoder runs: settings, URLs, Celery, WSGI. Nobody imports it."""
