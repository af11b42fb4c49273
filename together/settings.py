"""Django's settings. What an operator may decide is read and checked in `together.environment`."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from together import __version__, environment
from together.database.postgresql.connection import Connection
from together.environment import BASE_DIR, DATA_DIR, HTTP_THREADS, PRODUCTION, PUBLIC_URL, REDIS_URL, SECURE

TOGETHER_ENV = environment.TOGETHER_ENV
HOST = environment.HOST
PORT = environment.PORT
ADDRESS = environment.ADDRESS
SECRET_KEY = environment.SECRET_KEY
ALLOWED_HOSTS = environment.ALLOWED_HOSTS
CORS_ALLOWED_ORIGINS = environment.CORS_ALLOWED_ORIGINS
TRUSTED_PROXIES = environment.TRUSTED_PROXIES
DEFAULT_FROM_EMAIL = environment.DEFAULT_FROM_EMAIL
METRICS_TOKEN = environment.METRICS_TOKEN
EMBEDDED_DATABASE = environment.EMBEDDED_DATABASE
DEBUG = False

# -- what the project is made of ---------------------------------------------------------------------------

INSTALLED_APPS = [
    # First, so that its commands take the place of those of the same name.
    "together",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "channels",
    "corsheaders",
    "csp",
    "django_filters",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "accounts",
    "guilds",
    "chat",
    "voice",
]

MIDDLEWARE = [
    "together.http.accounting.AccountingMiddleware",
    "together.http.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "together.http.middleware.RateLimitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "together.http.middleware.RefusalMiddleware",
]

ROOT_URLCONF = "together.urls"
WSGI_APPLICATION = "together.wsgi.application"
ASGI_APPLICATION = "together.asgi.application"
APPEND_SLASH = False

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
                "csp.context_processors.nonce",
            ],
        },
    }
]

# -- database ----------------------------------------------------------------------------------------------

# A request fails after 5 s rather than wait for a database that does not answer (threats: reliability).
DATABASES: dict[str, dict[str, Any]] = {
    "default": {
        **environment.DATABASE,
        "ENGINE": "together.database.postgresql",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            **environment.DATABASE.get("OPTIONS", {}),
            # A plan made for a small table serves one that has grown for a minute, or once after a longer pause. After
            # a rush, a connection that nobody needs goes every 5 s: PostgreSQL keeps 4 MB for each.
            "pool": {
                "connection_class": Connection,
                "min_size": 1,
                "max_size": HTTP_THREADS + 8,
                "timeout": 5,
                "max_lifetime": 60,
                "max_idle": 5,
            },
            "connect_timeout": 5,
            # A network that has gone silent is noticed: milliseconds until what we sent must be confirmed, and
            # seconds between questions on a quiet connection. On a Unix socket they mean nothing.
            "tcp_user_timeout": 15000,
            "keepalives_idle": 10,
            "keepalives_interval": 5,
            "keepalives_count": 3,
            "options": "-c statement_timeout=30000 -c lock_timeout=10000 -c timezone=UTC",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# -- people ------------------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.PasswordBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 8}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_HASHERS = ["accounts.hashers.ModestArgon2PasswordHasher"]
if TOGETHER_ENV == "test":
    PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
PASSWORD_RESET_TIMEOUT = 3600
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"

# The `sessions` row is the truth; the cookie only names it, so no second table is needed.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SECURE = SECURE
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "together.views.csrf_failure"
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"

SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    # A key of its own, so that a leak of one use of SECRET_KEY forges nothing elsewhere.
    "SIGNING_KEY": hmac.new(SECRET_KEY.encode(), b"together access tokens", hashlib.sha256).hexdigest(),
    "ISSUER": "together",
    "AUDIENCE": "together-api",
    "LEEWAY": 60,
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=15),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=7),
    "AUTH_TOKEN_CLASSES": ("rest_framework_simplejwt.tokens.AccessToken",),
    "USER_ID_CLAIM": "sub",
    "UPDATE_LAST_LOGIN": False,
    "CHECK_REVOKE_TOKEN": False,
}

# -- API ---------------------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.authentication.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["together.rest.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["together.rest.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "together.rest.schema.Schema",
    "EXCEPTION_HANDLER": "together.rest.errors.exception_handler",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
    "NUM_PROXIES": 0,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Together",
    "DESCRIPTION": "The REST half of the protocol; news arrives over the WebSocket gateway at `/ws`.",
    "VERSION": __version__,
    "OAS_VERSION": "3.1.1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "COMPONENT_SPLIT_PATCH": False,
    "ENUM_NAME_OVERRIDES": {
        "StatusEnum": "accounts.models.Status",
        "StepEnum": "guilds.serializers.permissions.STEPS",
    },
}
CORS_ALLOW_ALL_ORIGINS = not PRODUCTION
CORS_URLS_REGEX = r"^/(api|emojis)/"
CORS_ALLOW_METHODS = ["DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"]
CORS_ALLOW_HEADERS = ["authorization", "content-type", "x-request-id"]
CORS_EXPOSE_HEADERS = ["content-disposition", "retry-after", "x-request-id"]

# -- limits ------------------------------------------------------------------------------------------------

MAX_BODY = 55 * 1024 * 1024
REQUEST_TIMEOUT = 120
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 200
DATA_UPLOAD_MAX_NUMBER_FILES = 10
# `limits` notation, wide in development. An existing client makes about a hundred requests to open a channel.
RATE_LIMITS = {
    "address": "1200/minute" if PRODUCTION else "1000/second",
    "account": "1200/minute" if PRODUCTION else "1000/second",
    "sign_in_address": "30/minute" if PRODUCTION else "1000/second",
    "sign_in_account": "10/minute" if PRODUCTION else "1000/second",
    "sign_in_name": "100/minute" if PRODUCTION else "1000/second",
    # Of this, events that somebody is told again.
    "resume": "20000/minute" if PRODUCTION else "1000000/second",
    "send": "120/minute" if PRODUCTION else "1000/second",
    "create": "60/minute" if PRODUCTION else "1000/second",
    # Of these only the misses count: codes that are none.
    "invite_address": "10/minute" if PRODUCTION else "1000/second",
    "invite_account": "20/minute" if PRODUCTION else "1000/second",
    "invite_neighbours": "200/minute" if PRODUCTION else "1000/second",
}
RATE_LIMIT_STORAGE = REDIS_URL or "memory://"

# -- gateway -----------------------------------------------------------------------------------------------

# The suite announces by hand, so that what a test sees does not depend on a thread.
ANNOUNCE_IN_THREAD = TOGETHER_ENV != "test"
CHANNEL_LAYERS = {
    "default": (
        {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL], "prefix": "together"},
        }
        if REDIS_URL
        else {"BACKEND": "channels.layers.InMemoryChannelLayer", "CONFIG": {"capacity": 10_000}}
    )
}

# -- what browsers are told --------------------------------------------------------------------------------

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "media-src": [SELF, "blob:"],
        "connect-src": [SELF, PUBLIC_URL.replace("http", "ws", 1)],
        "worker-src": [SELF],
        "manifest-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
PERMISSIONS_POLICY: dict[str, Any] = {
    **dict.fromkeys(("camera", "display-capture", "fullscreen", "microphone"), "self"),
    **{feature: [] for feature in ("geolocation", "payment", "usb")},
}
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_HSTS_SECONDS = 31_536_000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_SSL_REDIRECT = False
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
# The redirect to https is the proxy's; auth.W004 is about a plain unique column where ours is case-insensitive.
SILENCED_SYSTEM_CHECKS = ["security.W008", "auth.W004"]

# -- files, mail, language, logs ---------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "together.http.storage.StaticStorage"
            if PRODUCTION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_AUTOREFRESH = not PRODUCTION
FIXTURE_DIRS = [BASE_DIR / "fixtures"]

globals().update({name: value for name, value in environment.EMAIL.items() if name.startswith("EMAIL_")})
EMAIL_TIMEOUT = 10

LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_TZ = True

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "together.logs.Line", "format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
        "json": {"()": "together.logs.Json"},
    },
    "filters": {"discretion": {"()": "together.logs.Discretion"}},
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": environment.LOG_FORMAT,
            "filters": ["discretion"],
        }
    },
    "root": {"handlers": ["console"], "level": environment.LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "ERROR"},
        # That connections come and go.
        "psycopg.pool": {"level": "WARNING"},
        # A line for each request and each socket is for programs: the proxy writes one for people.
        "together.access": {"level": "NOTSET" if environment.LOG_FORMAT == "json" else "WARNING"},
    },
}
