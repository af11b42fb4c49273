"""How a person asks the API in bad times: one connection, kept alive, from process to process, again and again."""

import http.client
import json
import random
import time
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from together.testing.faults.ledger import PEOPLE, Ledger

# Seconds that one try may take, and after which even retrying has failed (threats.md: requests fail within 10 s).
PATIENCE = 12.0
SETTLED = 90.0
# Seconds after which a connection is not used again: the server closes it after 5.
IDLE = 3.0
PASSWORD = "password123"


class NoAnswerError(Exception):
    """What became of the request is unknown."""


@dataclass
class Person:
    """Somebody of the demo, and an access token, which lives for 15 minutes."""

    name: str
    token: str = ""
    lock: Lock = field(default_factory=Lock)

    @property
    def id(self) -> str:
        return PEOPLE[self.name]


class Line:
    """One thread's way to the API as one person. A connection that fails leads to the next process."""

    def __init__(self, person: Person, ports: list[int], ledger: Ledger, first: int = 0) -> None:
        self.person = person
        self._ports = ports
        self._ledger = ledger
        self._place = first
        self._connection: http.client.HTTPConnection | None = None
        self._used = 0.0
        self._chance = random.Random(first)

    def ask(self, method: str, path: str, body: Any = None, patience: float = PATIENCE) -> tuple[int, Any]:
        """One try: status and content. Raises `NoAnswerError`."""
        try:
            status, content = self._talk(method, path, body, patience)
        except (OSError, http.client.HTTPException) as error:
            self.close()
            self._place += 1
            self._ledger.answers["no answer"] += 1
            raise NoAnswerError from error
        self._ledger.answers[str(status)] += 1
        if status == 500:
            self._ledger.broken.append(f"{method} {path} was answered with 500: {content!r}")
        return status, content

    def settle(self, method: str, path: str, body: Any = None, patience: float = PATIENCE) -> tuple[int, Any]:
        """Ask until the answer is final. Only for what may be repeated. Raises `NoAnswerError` if it never is."""
        deadline = time.monotonic() + SETTLED
        wait = 0.05
        while time.monotonic() < deadline:
            try:
                status, content = self.ask(method, path, body, patience)
            except NoAnswerError:
                status, content = 0, None
            if status == 401:
                self.sign_in()
            elif 0 < status < 500 and status != 429:
                return status, content
            patience = PATIENCE
            time.sleep(wait * self._chance.uniform(0.5, 1.5))
            wait = min(wait * 2, 1.0)
        raise NoAnswerError

    def sign_in(self) -> None:
        """Get a new access token; one try."""
        with self.person.lock:
            try:
                body = {"username": self.person.name, "password": PASSWORD}
                status, content = self._talk("POST", "/auth/login", body, PATIENCE, known=False)
            except (OSError, http.client.HTTPException):
                self.close()
                self._place += 1
                return
            if status == 200:
                self.person.token = content["access_token"]

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _talk(self, method: str, path: str, body: Any, patience: float, *, known: bool = True) -> tuple[int, Any]:
        if time.monotonic() - self._used > IDLE:
            self.close()
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._ports[self._place % len(self._ports)])
            self._connection.timeout = patience
            self._connection.connect()
        self._connection.sock.settimeout(patience)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        if known:
            headers["Authorization"] = f"Bearer {self.person.token}"
        content = None if body is None else json.dumps(body).encode()
        self._connection.request(method, f"/api{path}", content, headers)
        answer = self._connection.getresponse()
        said = answer.read()
        self._used = time.monotonic()
        if answer.will_close:
            self.close()
        return answer.status, json.loads(said) if said else None
