"""What the operator decides: every value from the environment, or an `.env` file, checked before anything starts.

The names are explained in `.env.example`. A wrong value raises `ImproperlyConfigured` with one sentence, which
`manage.py` prints before it exits.
"""

import ipaddress
import os
import re
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvError, validate

from together.database.embedded import socket_dir

T = TypeVar("T")

BASE_DIR = Path(__file__).resolve().parent.parent
# Below this a secret can be guessed (Django's own deployment check, security.W009).
SECRET_LENGTH, SECRET_VARIETY = 50, 5

MAIL_SCHEMES = ("smtp", "submission", "console", "file", "memory", "dummy")

env = Env()
env.read_env(str(BASE_DIR / ".env"), recurse=False)


def one(read: Callable[..., T], name: str, *default: Any, **rules: Any) -> T:
    """One value by one of environs' readers."""
    try:
        return read(name, *default, **rules)
    except (EnvError, ValueError) as error:
        reason = str(error).partition(" invalid: ")[2].strip("[]'\".") or "it cannot be understood"
        raise ImproperlyConfigured(f"{name} is wrong: {reason[:1].lower()}{reason[1:]}.") from None


def several(name: str) -> list[str]:
    """Values between commas; blanks around them do not count."""
    return [value.strip() for value in one(env.str, name, "").split(",") if value.strip()]


def is_origin(address: str) -> bool:
    """Whether this is the beginning of a web address and nothing more: a scheme, a host, perhaps a port."""
    return re.fullmatch(r"https?://(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(:\d{1,5})?", address) is not None


def demand(sound: bool, sentence: str) -> None:
    if not sound:
        raise ImproperlyConfigured(sentence)


def own_secret(data: Path) -> str:
    """The secret of a development instance: made once, and kept with its data, where only its owner reads it."""
    file = data / "secret_key"
    try:
        data.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(64))
    except FileExistsError:
        pass
    except OSError as error:
        raise ImproperlyConfigured(f"TOGETHER_DATA_DIR {data} cannot be written to: {error.strerror}.") from None
    return file.read_text()


TOGETHER_ENV = one(
    env.str, "TOGETHER_ENV", "development", validate=validate.OneOf(["development", "production", "test"])
)
PRODUCTION = TOGETHER_ENV == "production"
HOST = one(env.str, "HOST", "127.0.0.1")
PORT = one(env.int, "PORT", 8000, validate=validate.Range(min=1, max=65535))
ADDRESS = f"[{HOST}]:{PORT}" if ":" in HOST else f"{HOST}:{PORT}"
DATA_DIR = Path(one(env.str, "TOGETHER_DATA_DIR", str(BASE_DIR / "data"))).expanduser().resolve()
SECRET_KEY = one(env.str, "SECRET_KEY", "")
ALLOWED_HOSTS = several("ALLOWED_HOSTS")
CORS_ALLOWED_ORIGINS = several("CORS_ALLOWED_ORIGINS")
PUBLIC_URL = one(env.str, "PUBLIC_URL", "").rstrip("/")
REDIS_URL = one(env.str, "REDIS_URL", "")
HTTP_THREADS = one(env.int, "HTTP_THREADS", 6, validate=validate.Range(min=1, max=64))
LOG_LEVEL = one(env.str, "LOG_LEVEL", "INFO", validate=validate.OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
LOG_FORMAT = one(env.str, "LOG_FORMAT", "line", validate=validate.OneOf(["line", "json"]))
METRICS_TOKEN = one(env.str, "METRICS_TOKEN", "")
EMAIL_URL = one(env.str, "EMAIL_URL", "console:")
EMAIL: dict[str, Any] = one(env.dj_email_url, "EMAIL_URL", "console:")
DEFAULT_FROM_EMAIL = one(env.str, "DEFAULT_FROM_EMAIL", "Together <together@localhost>")
EMBEDDED_DATABASE = not one(env.str, "DATABASE_URL", "")
DATABASE: dict[str, Any] = (
    {"NAME": "together", "USER": "postgres", "HOST": str(socket_dir(DATA_DIR)), "PORT": "5432"}
    if EMBEDDED_DATABASE
    else dict(one(env.dj_db_url, "DATABASE_URL"))
)

demand(
    EMBEDDED_DATABASE or "postgresql" in DATABASE["ENGINE"],
    "DATABASE_URL must be a postgresql:// address: PostgreSQL is the only database.",
)
demand(
    not REDIS_URL or REDIS_URL.startswith(("redis://", "rediss://", "unix://")),
    "REDIS_URL must begin with redis://, rediss:// or unix://.",
)
demand(
    not METRICS_TOKEN or re.fullmatch(r"[!-~]{20,200}", METRICS_TOKEN) is not None,
    "METRICS_TOKEN must be 20 to 200 letters, digits and signs without blanks.",
)
demand(
    not PUBLIC_URL or is_origin(PUBLIC_URL),
    "PUBLIC_URL must be http:// or https:// with a host and nothing after it.",
)
demand(
    all(origin == "*" or is_origin(origin) for origin in CORS_ALLOWED_ORIGINS),
    "CORS_ALLOWED_ORIGINS must be http:// or https:// addresses with a host and nothing after it.",
)
demand(
    EMAIL_URL.partition(":")[0] in MAIL_SCHEMES,
    f"EMAIL_URL must begin with one of {', '.join(f'{scheme}:' for scheme in MAIL_SCHEMES)}.",
)
demand(
    not PRODUCTION or (len(SECRET_KEY) >= SECRET_LENGTH and len(set(SECRET_KEY)) >= SECRET_VARIETY),
    f"SECRET_KEY must be set to at least {SECRET_LENGTH} random characters in production.",
)
demand(
    not PRODUCTION or bool(ALLOWED_HOSTS),
    "ALLOWED_HOSTS must name the hosts that this instance answers to in production.",
)
demand(
    not PRODUCTION or not {"*"} & {*ALLOWED_HOSTS, *CORS_ALLOWED_ORIGINS},
    "ALLOWED_HOSTS and CORS_ALLOWED_ORIGINS must name hosts, not *, in production.",
)
try:
    TRUSTED_PROXIES = [ipaddress.ip_network(block) for block in several("TRUSTED_PROXIES")]
except ValueError:
    raise ImproperlyConfigured("TRUSTED_PROXIES must be addresses or networks, such as 10.0.0.0/8.") from None

SECRET_KEY = SECRET_KEY or ("for tests only " * 4 if TOGETHER_ENV == "test" else own_secret(DATA_DIR))
ALLOWED_HOSTS = ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]", "testserver"]
PUBLIC_URL = PUBLIC_URL or (f"https://{ALLOWED_HOSTS[0].lstrip('.')}" if PRODUCTION else f"http://{ADDRESS}")
SECURE = PUBLIC_URL.startswith("https://")
