"""Settings, from the environment only. Nothing set: SQLite, one process, mail to files under var/mail/."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
from django.core.exceptions import ImproperlyConfigured

from governance.links import REDIS_OPTIONS, postgres_options
from governance.logs import SHAPES, logging_config, passwords_in
from governance.secret_key import kept_secret

BASE_DIR = Path(__file__).resolve().parent.parent
ENVIRONMENT: Mapping[str, str] = os.environ


def env_text(name: str, default: str = "") -> str:
    return ENVIRONMENT.get(name, "").strip() or default


def env_bool(name: str, default: bool = False) -> bool:
    text = env_text(name, "1" if default else "0").lower()
    if text not in ("1", "true", "yes", "on", "0", "false", "no", "off"):
        raise ImproperlyConfigured(f"{name}={text!r} is neither yes nor no: use 1 or 0.")
    return text in ("1", "true", "yes", "on")


def env_int(name: str, default: int, least: int = 0, most: int = 2**31) -> int:
    text = env_text(name)
    try:
        number = int(text) if text else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={text!r} is no whole number.") from None
    if not least <= number <= most:
        raise ImproperlyConfigured(f"{name}={number} must lie between {least} and {most}.")
    return number


def env_choice(name: str, choices: tuple[str, ...], default: str) -> str:
    text = env_text(name, default).upper()
    if text not in choices:
        raise ImproperlyConfigured(f"{name}={text!r} is none of {', '.join(choices)}.")
    return text


def env_list(name: str, default: str = "") -> list[str]:
    return [part.strip() for part in env_text(name, default).split(",") if part.strip()]


def env_url(name: str, schemes: tuple[str, ...], default: str = "") -> str:
    """The value is not repeated in the refusal: it may hold a password."""
    text = env_text(name, default)
    if text and not _is_url(text, schemes):
        raise ImproperlyConfigured(f"{name} must be a URL that begins with {' or '.join(schemes)}://.")
    return text.rstrip("/")


def _is_url(text: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and parts.port != 0 and bool(parts.hostname or parts.path.strip("/"))
    except ValueError:  # a port that is no number, a bracket that nobody closes
        return False


def env_folder(name: str, default: Path) -> Path:
    folder = Path(env_text(name, str(default))).absolute()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise ImproperlyConfigured(f"{name}={folder} cannot be made a folder: {fault}") from fault
    return folder


# Where things are
VAR = env_folder("MODELSTEWARD_VAR", BASE_DIR / "var")
PORT = env_int("PORT", 8000, 1, 65535)
SITE_URL = env_url("SITE_URL", ("http", "https"), f"http://127.0.0.1:{PORT}")
DATABASE_URL = env_url("DATABASE_URL", ("postgresql", "postgres", "sqlite"))
REDIS_URL = env_url("REDIS_URL", ("redis", "rediss"))
EMBEDDED = not REDIS_URL

DEBUG = env_bool("DEBUG")
SECRET_KEY = env_text("SECRET_KEY") or kept_secret(VAR / "secret_key")
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
HTTPS = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS", f"{urlsplit(SITE_URL).hostname},localhost,127.0.0.1,[::1]")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    *[f"governance.{found.parent.name}" for found in sorted(BASE_DIR.glob("governance/*/apps.py"))],
]
MIDDLEWARE = [
    "governance.api.tracing.Tracing",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "governance.portal.security.ContentSecurityPolicy",
    "governance.portal.layers.Sessions",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "governance.portal.layers.SignedIn",
    "governance.portal.layers.Messages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "governance.urls"
WSGI_APPLICATION = "governance.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "builtins": ["governance.portal.templatetags.words"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# The record. SQLite options were measured: with Django's defaults four writers lose three writes in four.
SQLITE = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON",
}
DATABASE = dj_database_url.parse(
    DATABASE_URL or f"sqlite:///{VAR / 'modelsteward.sqlite3'}", conn_max_age=60, conn_health_checks=True
)
OPTIONS = SQLITE if "sqlite" in DATABASE["ENGINE"] else postgres_options(DATABASE.get("OPTIONS", {}))
DATABASES = {"default": {**DATABASE, "OPTIONS": OPTIONS}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Celery is a doorbell: messages carry a row id, and losing one costs a sweep, not a check.
CELERY = {
    "broker_url": REDIS_URL or "memory://localhost//",
    "broker_transport_options": {"polling_interval": 0.02} if EMBEDDED else REDIS_OPTIONS,
    "broker_connection_retry_on_startup": True,
    "broker_connection_max_retries": None,
    "broker_channel_error_retry": True,  # a Redis that is full refuses, and must not end the worker
    "task_acks_late": True,
    "task_ignore_result": True,
    "task_time_limit": 120,
    "worker_prefetch_multiplier": 1,
    "worker_max_tasks_per_child": 500,
    "worker_soft_shutdown_timeout": 10,
    "worker_enable_remote_control": False,
    "worker_hijack_root_logger": False,
    "task_publish_retry": False,
}
LEASE_SECONDS = env_int("LEASE_SECONDS", 60, 1, 3600)
MAX_ATTEMPTS = env_int("MAX_ATTEMPTS", 3, 1, 100)
SWEEP_SECONDS = env_int("SWEEP_SECONDS", 5, 1, 600)
TICK_SECONDS = env_int("TICK_SECONDS", 10, 1, 3600)
WORKER_THREADS = env_int("WORKER_THREADS", 2, 1, 64)
LATE_WORK_SECONDS = env_int("LATE_WORK_SECONDS", 120, 1, 86400)
STUCK_SECONDS = env_int("STUCK_SECONDS", 50, 1, 3600)
CHUNK = 500

# Sources. The client reads its own environment at import, so its habits are set before anything imports it.
HF_ENDPOINT = env_url("HF_ENDPOINT", ("http", "https"), "https://huggingface.co")
HF_TOKEN = env_text("HF_TOKEN")
HF_WEBHOOK_SECRET = env_text("HF_WEBHOOK_SECRET")
for _name in ("HF_HUB_DISABLE_TELEMETRY", "HF_HUB_DISABLE_PROGRESS_BARS", "HF_HUB_DISABLE_IMPLICIT_TOKEN"):
    os.environ.setdefault(_name, "1")
SOURCE_OPTIONS = {"endpoint": HF_ENDPOINT, "token": HF_TOKEN, "timeout": env_int("HF_TIMEOUT", 10, 1, 60)}
DEFAULT_SOURCE = env_text("DEFAULT_SOURCE", "huggingface")
ANCESTOR_DEPTH = env_int("ANCESTOR_DEPTH", 5, 0, 20)
SYNC_HOURS = env_int("SYNC_HOURS", 6, 1, 720)

# Mail: with no host, each message becomes a file that any mail program opens.
NOTIFIER_OPTIONS = {
    "host": env_text("EMAIL_HOST"),
    "port": env_int("EMAIL_PORT", 25, 1, 65535),
    "user": env_text("EMAIL_HOST_USER"),
    "password": env_text("EMAIL_HOST_PASSWORD"),
    "tls": env_bool("EMAIL_USE_TLS"),
    "timeout": env_int("EMAIL_TIMEOUT", 10, 1, 60),
    "sender": env_text("EMAIL_FROM", "modelsteward@localhost"),
    "folder": str(VAR / "mail"),
    "private_targets": env_bool("ALLOW_PRIVATE_TARGETS"),
}
ALERT_EMAILS = env_list("ALERT_EMAILS", "admin@localhost")

# Accounts
AUTH_USER_MODEL = "accounts.User"
LOGIN_URL, LOGIN_REDIRECT_URL, LOGOUT_REDIRECT_URL = "portal:sign-in", "portal:models", "portal:sign-in"
PASSWORD_HASHERS = [f"django.contrib.auth.hashers.{name}PasswordHasher" for name in ("Argon2", "PBKDF2")]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

# The web
LANGUAGE_CODE, TIME_ZONE, USE_TZ = "en-us", "UTC", True
STATIC_URL = "/static/"
STATICFILES_DIRS = [path for path in (BASE_DIR / "assets", BASE_DIR / "templates/static") if path.is_dir()]
WHITENOISE_USE_FINDERS = True  # straight from the folders above: nothing to collect
SECURE_REDIRECT_EXEMPT = [r"^(healthz|readyz|metrics)$"]  # asked from within, where nobody speaks TLS
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_bool("BEHIND_PROXY") else None
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = ("__Host-session", "__Host-csrf") if HTTPS else ("session", "csrf")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "governance.portal.views.errors.bad_form"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5_000_000

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["governance.api.authentication.BearerToken"],
    "DEFAULT_PERMISSION_CLASSES": ["governance.api.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["governance.api.parsing.StrictJson"],
    "DEFAULT_PAGINATION_CLASS": "governance.api.pagination.KeysetPagination",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "governance.api.problems.handle",
    "PAGE_SIZE": 50,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Modelsteward",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1/",
    "POSTPROCESSING_HOOKS": ["governance.api.describing.describe"],
}
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")
HEARTBEAT_URL = env_url("HEARTBEAT_URL", ("http", "https"))
SECRETS = [
    *(SECRET_KEY, *SECRET_KEY_FALLBACKS),
    *(HF_TOKEN, HF_WEBHOOK_SECRET, NOTIFIER_OPTIONS["password"], HEARTBEAT_URL),
]
LOGGING = logging_config(
    env_choice("LOG_FORMAT", SHAPES, "TEXT" if EMBEDDED else "JSON"),
    env_choice("LOG_LEVEL", LOG_LEVELS, "INFO"),
    [*SECRETS, *passwords_in(DATABASE_URL, REDIS_URL)],
)
