"""The product as its operator runs it: a process of its own, which a test may kill."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

ROOT = Path(__file__).resolve().parents[2]
# Seconds until a fresh instance answers: it makes a database, migrates and loads the demo data.
PATIENCE = 60.0
# What an instance takes over from the test's own environment; the last is how coverage follows it.
KEPT = ("PATH", "HOME", "LANG", "TMPDIR", "COVERAGE_PROCESS_CONFIG")


class Instance:
    """`manage.py up` in development mode with a data directory and a port of its own; `only` a part of it."""

    def __init__(self, data: Path, only: str = "", **environment: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = data / "up.log"
        self.data = data
        self._command = [sys.executable, "manage.py", "up", *(["--only", only] if only else [])]
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        self._environment = {
            **kept,
            "TOGETHER_ENV": "development",
            "TOGETHER_DATA_DIR": str(data),
            "PORT": str(self.port),
            **environment,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Run it and wait until it answers."""
        self.data.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if httpx.get(f"{self.url}/api/health", timeout=2).status_code == 200:
                    return self
            except httpx.HTTPError:
                time.sleep(0.05)
        raise RuntimeError(f"It did not start:\n{self.log.read_text()}")

    def kill(self) -> None:
        """As a power cut does: no goodbye, no clean-up."""
        self._end(signal.SIGKILL)

    def stop(self) -> int:
        """As an operator does; returns the exit status."""
        return self._end(signal.SIGTERM)

    def sign_in(self, username: str, password: str = "password123") -> dict[str, Any]:
        """The answer of a sign-in: tokens and user."""
        body = {"username": username, "password": password}
        answer: dict[str, Any] = httpx.post(f"{self.url}/api/auth/login", json=body).raise_for_status().json()
        return answer

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def _end(self, how: signal.Signals) -> int:
        if self.process is None:
            return 0
        self.process.send_signal(how)
        return self.process.wait(30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
