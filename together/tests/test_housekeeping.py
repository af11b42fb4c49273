"""The thread that tidies up: in time, alone, and undisturbed by what fails."""

import threading
import time

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from accounts.models import User
from guilds.models import Server
from together import housekeeping
from together.housekeeping import Job, every, run_due

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def jobs(monkeypatch):
    registered = []
    monkeypatch.setattr(housekeeping, "_jobs", registered)
    monkeypatch.setattr(housekeeping, "_stopping", threading.Event())
    yield registered
    housekeeping.stop()


def elsewhere(work):
    """In a thread of its own: another connection, as another process has."""
    results = []

    def run():
        results.append(work())
        connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(10)
    return results[0]


def test_a_job_runs_when_it_is_due_and_not_before(jobs):
    calls = []
    job = Job(lambda: calls.append(1), seconds=1000)
    run_due([job])
    run_due([job])
    assert calls == [1]
    job.due = time.monotonic()
    run_due([job])
    assert calls == [1, 1]


def test_a_job_that_fails_is_logged_and_keeps_no_other_from_running(jobs, caplog):
    calls = []
    failing = Job(lambda: 1 / 0, seconds=1000)
    run_due([failing, Job(lambda: calls.append(1), seconds=1000)])
    assert calls == [1]
    assert "ZeroDivisionError" in caplog.text
    failing.due = 0
    run_due([failing])
    assert caplog.text.count("Traceback") == 2


def test_a_job_that_another_process_is_at_is_left_to_it(jobs):
    calls = []

    def work():
        calls.append(threading.current_thread().name)
        if len(calls) == 1:
            elsewhere(lambda: run_due([Job(work, seconds=1000)]))
            elsewhere(lambda: run_due([Job(lambda: calls.append("other"), seconds=1000)]))

    run_due([Job(work, seconds=1000)])
    assert calls == ["MainThread", "other"]
    elsewhere(lambda: run_due([Job(work, seconds=1000)]))
    assert len(calls) == 3


def test_the_thread_runs_what_is_registered_until_it_is_stopped(jobs):
    called = threading.Event()

    @every(seconds=0.01)
    def work():
        called.set()

    housekeeping.start()
    housekeeping.start()
    assert called.wait(5)
    assert sum(thread.name == "housekeeping" for thread in threading.enumerate()) == 1
    housekeeping.stop()
    assert not any(thread.name == "housekeeping" for thread in threading.enumerate())
    called.clear()
    assert not called.wait(0.1)
    assert work() is None


def test_the_thread_can_be_started_again(jobs):
    called = threading.Event()
    every(seconds=0.01)(called.set)
    housekeeping.start()
    housekeeping.stop()
    called.clear()
    housekeeping.start()
    assert called.wait(5)


def test_every_app_has_registered_its_jobs():
    assert {(job.name, job.seconds) for job in housekeeping._jobs} == {
        ("guilds.purge.purge_deleted_servers", 10),
        ("guilds.purge.purge_expired", 3600),
        ("guilds.purge.purge_invites", 3600),
        ("chat.slow_mode.forget", 3600),
        ("accounts.purge.purge_sessions", 3600),
        ("accounts.actions.presence.purge_presences", 10),
        ("together.events.purge.purge_events", 3600),
    }


def test_the_purge_can_be_asked_for_by_hand(capsys):
    Server.objects.create(name="gone", owner=User.objects.create(username="alice"), deleted_at=timezone.now())
    call_command("purge")
    assert capsys.readouterr().out == "Servers purged: 1.\n"
    assert not Server.objects.exists()
