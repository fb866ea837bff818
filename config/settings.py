"""Settings. What differs between a laptop and a server comes from the environment (see .env.example)."""

from pathlib import Path

from config import env

BASE_DIR = Path(__file__).resolve().parent.parent
# Where everything that Intercoder keeps lies: database, uploads, exports, the secret key.
DATA_DIR = env.folder("INTERCODER_DATA", BASE_DIR / "var")

DEBUG = env.switch("DEBUG")
SECRET_KEY = env.secret_key(DATA_DIR)
ALLOWED_HOSTS = [*env.words("ALLOWED_HOSTS"), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "demo",
    "analysis",
    "annotator",
    "taxonomy",
    "corpus",
    "jobs",
    "studies",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "template_partials",
    "lucide",
    "csp",
    "rest_framework",
    "drf_spectacular",
    "django_filters",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
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
                "studies.sections.for_request",
            ],
        },
    }
]

DATABASES = {"default": env.database(DATA_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "studies.User"
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

STATIC_URL = "static/"
# What can be made again: a container image brings it along, elsewhere it lies beside the data.
BUILD_DIR = env.folder("INTERCODER_BUILD", DATA_DIR)
STATIC_ROOT = BUILD_DIR / "static"
# The chart library is made from an installed package, not kept in the checkout.
BUILT_DIR = BUILD_DIR / "built"
BUILT_DIR.mkdir(exist_ok=True)
STATICFILES_DIRS = [BASE_DIR / "static", BUILT_DIR]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": DATA_DIR / "files"}},
    "staticfiles": {"BACKEND": "config.storage.Storage"},
}
WHITENOISE_MAX_AGE = 3600
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS = 0o600

SECURE_SSL = env.switch("HTTPS")
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_SSL else None
SECURE_SSL_REDIRECT = SECURE_SSL
SECURE_REDIRECT_EXEMPT = [r"^healthz/$"]  # asked from beside the server, not through the proxy
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_SSL else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_SSL
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = SECURE_SSL
CSRF_COOKIE_SECURE = SECURE_SSL
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_NAME = "intercoder_session"
CSRF_COOKIE_NAME = "intercoder_csrf"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
        "form-action": ["'self'"],
    }
}

# A job whose runner has not been heard of for so long is given to another one.
JOB_LEASE_SECONDS = env.number("JOB_LEASE_SECONDS", 15)

REDIS_URL = env.text("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1

GITHUB_API_URL = env.text("GITHUB_API_URL", "https://api.github.com")
GITHUB_TOKENS = env.words("GITHUB_TOKEN")
GITHUB_SECONDS_BETWEEN_REQUESTS = env.number("GITHUB_SECONDS_BETWEEN_REQUESTS", 0.25)
# How long to wait before each further try when GitHub does not answer; after the last one the import is parked.
GITHUB_RETRY_SECONDS = [1.0, 3.0, 9.0]

# Reminders go out only where a server and a sender are named.
EMAIL_HOST = env.text("MAIL_HOST")
EMAIL_PORT = int(env.number("MAIL_PORT", 587))
EMAIL_HOST_USER = env.text("MAIL_USER")
EMAIL_HOST_PASSWORD = env.text("MAIL_PASSWORD")
EMAIL_USE_TLS = env.switch("MAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.text("MAIL_FROM")

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "rest_framework.pagination.LimitOffsetPagination",
    "PAGE_SIZE": 100,
    "DEFAULT_VERSIONING_CLASS": None,
    "EXCEPTION_HANDLER": "studies.api.answer_refusal",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Intercoder",
    "DESCRIPTION": "What a person can do on the pages, for programs, with the same rights and the same blindness.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    # A label is coded or none of these; a coding may also be unclear or skipped: two sets under one field name.
    "ENUM_NAME_OVERRIDES": {
        "OutcomeEnum": "annotator.states.Outcome",
        "LabelOutcomeEnum": "annotator.states.LABELS",
        "IssueStateEnum": "corpus.models.IssueState",
        "JobStateEnum": "jobs.models.State",
        "ProposalStateEnum": "annotator.states.ProposalState",
    },
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "WARNING")},
}
