"""Is this process alive, and can it serve?

Alive it is when it answers at all. Ready it is with a database that answers and has every table that this code wants.
Without Redis it stays ready, and says so: what people send is kept, and told once Redis is there again.
"""

import json
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache
from typing import Any

import redis
from django.conf import settings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response

from together import __version__
from together.census import open_sockets, uptime
from together.http.replies import Scope, Send, send_chunk, send_start
from together.rest.views import ViewSet

log = logging.getLogger(__name__)

# Seconds that the database has to answer, and Redis.
PATIENCE = 5.0
REDIS_PATIENCE = 1.0

LIVE_PATH = "/api/health/live"
ALIVE = {"alive": True}

# A database that is frozen holds on to whoever asks it: the asking is done by these two, never by the request.
_probes = ThreadPoolExecutor(2, thread_name_prefix="probe")
# Redis has one of its own, so that it is not taken for silent while the database holds on to both.
_redis_probes = ThreadPoolExecutor(1, thread_name_prefix="redis-probe")
# Whether every migration was found applied: what has been migrated stays so.
_migrated = False

_database = inline_serializer(
    "DatabaseHealth",
    {
        "status": serializers.ChoiceField(["ok", "unavailable", "timeout"]),
        "latency_ms": serializers.IntegerField(),
    },
)
_connections = inline_serializer("ConnectionsHealth", {"websocket": serializers.IntegerField()})
_health = inline_serializer(
    "Health",
    {
        "status": serializers.ChoiceField(["ok", "degraded"]),
        "service": serializers.CharField(),
        "version": serializers.CharField(),
        "uptime_secs": serializers.IntegerField(),
        "database": _database,
        "connections": _connections,
    },
)


def _check(name: str, *, required: bool = True) -> Any:
    fields: dict[str, Any] = {"ok": serializers.BooleanField(), "error": serializers.CharField(required=False)}
    return inline_serializer(name, fields, required=required)


_ready = inline_serializer(
    "Ready",
    {
        "ready": serializers.BooleanField(),
        "checks": inline_serializer(
            "Checks", {"database": _check("DatabaseCheck"), "redis": _check("RedisCheck", required=False)}
        ),
    },
)
_live = inline_serializer("Live", {"alive": serializers.BooleanField()})


class HealthViewSet(ViewSet):
    """Public, never rate limited, and without detail that only the operator should read."""

    tag = "health"
    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses={200: _health, 503: _health})
    def health(self, request: Request) -> Response:
        """What this process is and how it fares."""
        fault, latency = probe()
        content = {
            "status": "degraded" if fault else "ok",
            "service": "together-server",
            "version": __version__,
            "uptime_secs": uptime(),
            "database": {"status": _STATUS.get(fault, "unavailable"), "latency_ms": latency},
            "connections": {"websocket": open_sockets()},
        }
        return Response(content, status=503 if fault else 200)

    @extend_schema(responses={200: _ready, 503: _ready})
    def ready(self, request: Request) -> Response:
        """May requests be sent here? Redis is spoken of where there is one, and does not decide."""
        fault, _latency = probe(_ask_whether_migrated)
        checks = {"database": _checked(fault)}
        if settings.REDIS_URL:
            checks["redis"] = _checked(probe(_ask_redis, _redis_probes)[0])
        return Response({"ready": not fault, "checks": checks}, status=503 if fault else 200)

    @extend_schema(responses=_live)
    def live(self, request: Request) -> Response:
        """Does this process answer at all?"""
        return Response(ALIVE)


def asks_whether_alive(scope: Scope) -> bool:
    return scope["path"] == LIVE_PATH and scope["method"] in ("GET", "HEAD")


async def say_alive(scope: Scope, send: Send) -> None:
    """What the view `live` says, without a thread: all of them may be waiting for a database that is frozen."""
    body = json.dumps(ALIVE, separators=(",", ":")).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    await send_start(send, 200, [*headers, (b"x-content-type-options", b"nosniff"), (b"cache-control", b"no-store")])
    await send_chunk(send, b"" if scope["method"] == "HEAD" else body, more=False)


_STATUS = {None: "ok", "timeout": "timeout"}


class NotMigratedError(Exception):
    """Tables are missing that this code wants."""


def probe(ask: Callable[[], None] | None = None, threads: Executor | None = None) -> tuple[str | None, int]:
    """What is wrong with the database, if anything, and how many milliseconds it took to find out."""
    began = time.perf_counter()
    fault = None
    asked = (threads or _probes).submit(ask or _ask)
    try:
        asked.result(timeout=PATIENCE)
    except TimeoutError:
        # Nobody waits for the answer any more: the questions of a whole outage must not pile up.
        asked.cancel()
        fault = "timeout"
    except NotMigratedError:
        fault = "migrations_pending"
    except Exception as error:
        # Whatever it is, the answer is the same; what it says itself is for the log alone.
        log.warning("A probe failed: %s", str(error).strip().partition("\n")[0])
        fault = "connection_failed"
    return fault, round((time.perf_counter() - began) * 1000)


def _checked(fault: str | None) -> dict[str, Any]:
    return {"ok": False, "error": fault} if fault else {"ok": True}


def _ask() -> None:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    finally:
        connection.close()


def _ask_whether_migrated() -> None:
    global _migrated
    _ask()
    if _migrated:
        return
    try:
        missing = _wanted() - MigrationRecorder(connection).applied_migrations().keys()
    finally:
        connection.close()
    if missing:
        raise NotMigratedError
    _migrated = True


@cache
def _wanted() -> set[tuple[str, str]]:
    return set(MigrationLoader(None).graph.leaf_nodes())


def _ask_redis() -> None:
    _redis(settings.REDIS_URL).ping()


@cache
def _redis(url: str) -> redis.Redis:
    return redis.Redis.from_url(url, socket_timeout=REDIS_PATIENCE, socket_connect_timeout=REDIS_PATIENCE)
