"""Health checks are public, and say nothing that only the operator should read."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import httpx
import pytest
from django.db import connections

from together import __version__, health


@pytest.fixture
def broken(monkeypatch):
    """The database as it is when it cannot be reached: the probe's own connections go to a port where nothing is."""
    ours = dict(connections.settings["default"])
    nowhere = {**ours, "HOST": "127.0.0.1", "PORT": "1", "OPTIONS": {"connect_timeout": 1}}

    def ask():
        alias = connections.create_connection("default").copy()
        alias.settings_dict = {**alias.settings_dict, **nowhere}
        alias.ensure_connection()

    monkeypatch.setattr(health, "_ask", ask)


@pytest.fixture
def frozen(monkeypatch):
    """The database as it is when it holds on to whoever asks."""
    monkeypatch.setattr(health, "PATIENCE", 0.2)
    monkeypatch.setattr(health, "_ask", lambda: time.sleep(1))
    monkeypatch.setattr(health, "_probes", ThreadPoolExecutor(2))


def test_health_names_the_service_and_how_it_fares(api):
    answer = api().get("/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "service": "together-server",
        "version": __version__,
        "uptime_secs": answer.json()["uptime_secs"],
        "database": {"status": "ok", "latency_ms": answer.json()["database"]["latency_ms"]},
        "connections": {"websocket": 0},
    }
    assert type(answer.json()["uptime_secs"]) is type(answer.json()["database"]["latency_ms"]) is int


def test_ready_and_live_say_yes(api):
    assert api().get("/health/ready").json() == {"ready": True, "checks": {"database": {"ok": True}}}
    assert api().get("/health/live").json() == {"alive": True}


def test_without_a_database_it_is_degraded_and_not_ready_but_alive(api, broken):
    degraded, ready = api().get("/health"), api().get("/health/ready")
    assert degraded.status_code == ready.status_code == 503
    assert (degraded.json()["status"], degraded.json()["database"]["status"]) == ("degraded", "unavailable")
    assert ready.json() == {"ready": False, "checks": {"database": {"ok": False, "error": "connection_failed"}}}
    assert api().get("/health/live").status_code == 200


def test_without_a_table_that_is_wanted_it_is_not_ready(api, monkeypatch):
    monkeypatch.setattr(health, "_migrated", False)
    monkeypatch.setattr(health, "_wanted", lambda: {("chat", "9999_tomorrow")})
    answer = api().get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["checks"]["database"] == {"ok": False, "error": "migrations_pending"}
    monkeypatch.undo()
    assert api().get("/health/ready").status_code == 200


def test_without_redis_it_is_ready_and_says_so(api, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    answer = api().get("/health/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "checks": {"database": {"ok": True}, "redis": {"ok": False, "error": "connection_failed"}},
    }


def test_a_database_that_does_not_answer_holds_up_nobody(api, frozen):
    began = time.monotonic()
    answers = [api().get("/health") for _ in range(4)]
    assert {answer.status_code for answer in answers} == {503}
    assert {answer.json()["database"]["status"] for answer in answers} == {"timeout"}
    assert api().get("/health/ready").json()["checks"]["database"]["error"] == "timeout"
    assert time.monotonic() - began < 3


def test_a_database_that_does_not_answer_says_nothing_of_redis(api, frozen, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1"
    for _ in range(2):
        api().get("/health")
    checks = api().get("/health/ready").json()["checks"]
    assert (checks["database"]["error"], checks["redis"]["error"]) == ("timeout", "connection_failed")


def test_a_question_that_nobody_waits_for_any_more_is_not_asked(api, monkeypatch):
    asked, thaw, threads = [], Event(), ThreadPoolExecutor(2)
    monkeypatch.setattr(health, "PATIENCE", 0.05)
    monkeypatch.setattr(health, "_ask", lambda: (asked.append("?"), thaw.wait(10)))
    monkeypatch.setattr(health, "_probes", threads)
    for _ in range(5):
        assert api().get("/health").json()["database"]["status"] == "timeout"
    thaw.set()
    threads.shutdown()
    assert len(asked) == 2


def test_the_probe_gives_its_connection_back(api):
    for _ in range(30):
        assert api().get("/health").status_code == 200


def test_whether_it_is_alive_is_answered_when_no_thread_is_left_to_answer(site, monkeypatch):
    monkeypatch.setattr(site.application, "http", None)
    assert httpx.get(f"{site.url}/api/health/live").json() == {"alive": True}
    head = httpx.head(f"{site.url}/api/health/live")
    assert (head.status_code, head.headers["content-length"], head.content) == (200, "14", b"")
    # Everything else is the site's to answer.
    assert httpx.get(f"{site.url}/api/health/ready").status_code == 500
    assert httpx.post(f"{site.url}/api/health/live").status_code == 500
