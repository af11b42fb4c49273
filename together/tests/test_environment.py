"""What an operator gets wrong is told in one sentence, and what is right is understood."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOP"
PRODUCTION = {"TOGETHER_ENV": "production", "SECRET_KEY": SECRET, "ALLOWED_HOSTS": "together.example"}
ASK = "from django.conf import settings; print(settings.{name})"


def setting(name: str, **environment: str) -> tuple[int, str]:
    """The exit status and the output of a process that asks for one setting."""
    kept = {key: os.environ[key] for key in ("PATH", "HOME", "COVERAGE_PROCESS_CONFIG") if key in os.environ}
    script = f"""
import os; os.environ["DJANGO_SETTINGS_MODULE"] = "together.settings"
from django.core.exceptions import ImproperlyConfigured
try:
    {ASK.format(name=name)}
except ImproperlyConfigured as error:
    raise SystemExit(str(error))
"""
    found = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**kept, **environment}, capture_output=True, text=True
    )
    return found.returncode, (found.stdout + found.stderr).strip()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"ALLOWED_HOSTS": " , "}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "together.example, *"}, "ALLOWED_HOSTS"),
        ({"PUBLIC_URL": "ftp://together.example"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "together.example"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "https://together.example/chat"}, "PUBLIC_URL"),
        ({"CORS_ALLOWED_ORIGINS": "shell.example"}, "CORS_ALLOWED_ORIGINS"),
        ({"EMAIL_URL": "foo"}, "EMAIL_URL"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL"),
        ({"TRUSTED_PROXIES": "proxy"}, "TRUSTED_PROXIES"),
        ({"DATABASE_URL": "mysql://a/b"}, "DATABASE_URL"),
        ({"HTTP_THREADS": "0"}, "HTTP_THREADS"),
        ({"METRICS_TOKEN": "short"}, "METRICS_TOKEN"),
        ({"METRICS_TOKEN": "a token with blanks in it"}, "METRICS_TOKEN"),
        ({"LOG_FORMAT": "xml"}, "LOG_FORMAT"),
        ({"TOGETHER_ENV": "staging"}, "TOGETHER_ENV"),
    ],
)
def test_what_is_wrong_is_one_sentence(wrong: dict[str, str], named: str) -> None:
    status, said = setting("PORT", **{**PRODUCTION, **wrong})
    assert status == 1
    assert said.startswith(named)
    assert said.endswith(".")
    assert "\n" not in said


@pytest.mark.parametrize(
    ("name", "environment", "value"),
    [
        ("ALLOWED_HOSTS", {"ALLOWED_HOSTS": " a.example , b.example "}, "['a.example', 'b.example']"),
        ("PUBLIC_URL", {"ALLOWED_HOSTS": ".a.example"}, "https://a.example"),
        ("PUBLIC_URL", {"PUBLIC_URL": "https://chat.example:8443/"}, "https://chat.example:8443"),
        ("PUBLIC_URL", {"TOGETHER_ENV": "development", "PORT": "81"}, "http://127.0.0.1:81"),
        ("PUBLIC_URL", {"TOGETHER_ENV": "development", "HOST": "::1"}, "http://[::1]:8000"),
        ("SESSION_COOKIE_SECURE", {}, "True"),
        ("SESSION_COOKIE_SECURE", {"PUBLIC_URL": "http://together.lan"}, "False"),
        ("DEBUG", {}, "False"),
    ],
)
def test_what_is_right_is_understood(name: str, environment: dict[str, str], value: str) -> None:
    assert setting(name, **{**PRODUCTION, **environment}) == (0, value)


def test_each_development_instance_has_a_secret_of_its_own_and_keeps_it(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    first, again, other = (setting("SECRET_KEY", TOGETHER_DATA_DIR=str(data))[1] for data in (one, one, two))
    assert first == again != other
    assert len(first) > 50
    assert (one / "secret_key").stat().st_mode & 0o777 == 0o600


def test_a_data_directory_that_cannot_be_written_is_told() -> None:
    status, said = setting("SECRET_KEY", TOGETHER_DATA_DIR="/proc/nowhere")
    assert (status, said.startswith("TOGETHER_DATA_DIR"), "\n" in said) == (1, True, False)
