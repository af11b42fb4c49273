"""Limits per account and per client address, which say when to try again."""

import ipaddress
import threading
import time

import pytest

from together import limits
from together.refusals import TooMany
from together.testing.cast import PASSWORD
from together.testing.redis import Redis

PROXY = "10.0.0.1"


@pytest.fixture
def only(settings):
    """Limits of the test's own, and no others."""

    def limit(**buckets):
        settings.RATE_LIMITS = buckets

    return limit


def refused(answer):
    assert set(answer.json()) == {"error"}
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    return answer.status_code == 429


def statuses(count, ask):
    answers = [ask() for _ in range(count)]
    assert all(refused(answer) for answer in answers if answer.status_code == 429)
    return [answer.status_code for answer in answers]


def test_an_address_may_ask_so_often_and_no_more(api, only):
    only(address="3/minute")
    assert statuses(4, lambda: api().get("/instance/registration-mode")) == [200, 200, 200, 429]


def test_a_refusal_is_counted_before_credentials_are_looked_at(api, only):
    only(address="1/minute")
    assert statuses(2, lambda: api().get("/users/@me")) == [401, 429]


def test_health_checks_are_never_refused(api, only):
    only(address="1/minute")
    for path in ("/health", "/health/live", "/health/ready"):
        assert statuses(3, lambda path=path: api().get(path)) == [200] * 3
    assert statuses(2, lambda: api().get("/healthy")) == [404, 429]


def test_a_refused_page_is_a_page(api, only):
    only(address="1/minute")
    client = api().client
    client.get("/nowhere")
    answer = client.get("/nowhere")
    assert answer.status_code == 429
    assert answer.headers["Content-Type"].startswith("text/html")
    assert int(answer.headers["Retry-After"]) >= 1
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert refused(answer)


def test_an_account_may_ask_so_often_wherever_it_asks_from(api, cast, only):
    only(account="3/minute")
    first, second, other = api(cast.bob), api(cast.bob), api(cast.alice)
    assert statuses(2, lambda: first.get("/users/@me")) == [200, 200]
    assert statuses(2, lambda: second.get("/users/@me")) == [200, 429]
    assert statuses(1, lambda: other.get("/users/@me")) == [200]


def ask_from(client, address, path="/api/instance/registration-mode", peer=PROXY):
    return client.get(path, headers={"X-Forwarded-For": address}, REMOTE_ADDR=peer)


def test_two_people_behind_one_trusted_proxy_do_not_share_a_limit(api, only, settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    only(address="1/minute")
    client = api().client
    assert statuses(2, lambda: ask_from(client, "198.51.100.7")) == [200, 429]
    assert statuses(2, lambda: ask_from(client, "198.51.100.8")) == [200, 429]
    assert statuses(1, lambda: ask_from(client, "203.0.113.9, 198.51.100.7")) == [429]


def test_nobody_escapes_by_naming_another_address(api, only, settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    only(address="1/minute")
    client = api().client
    assert statuses(1, lambda: ask_from(client, "198.51.100.1", peer="192.0.2.1")) == [200]
    assert statuses(1, lambda: ask_from(client, "198.51.100.2", peer="192.0.2.1")) == [429]


def test_an_ipv6_household_shares_one_limit(api, only):
    only(address="1/minute")
    client = api().client
    assert statuses(1, lambda: ask_from(client, "", peer="2001:db8::1")) == [200]
    assert statuses(1, lambda: ask_from(client, "", peer="2001:db8::2")) == [429]
    assert statuses(1, lambda: ask_from(client, "", peer="2001:db8:0:1::1")) == [200]


def login(api, username, password="wrong"):
    return api().post("/auth/login", {"username": username, "password": password})


def test_guessing_one_account_s_password_is_slowed_from_anywhere_in_any_letters(api, cast, only):
    only(sign_in_account="2/minute")
    assert [login(api, name).status_code for name in ("bob", "BOB")] == [401, 401]
    assert refused(login(api, "bob", PASSWORD))
    assert login(api, "alice", PASSWORD).status_code == 200


def test_names_that_nobody_has_are_limited_alike(api, cast, only):
    only(sign_in_account="1/minute")
    assert [login(api, "nobody").status_code for _ in range(2)] == [401, 429]


def test_guessing_many_accounts_from_one_address_is_slowed(api, cast, only):
    only(sign_in_address="2/minute")
    assert [login(api, name).status_code for name in ("a1", "a2", "a3")] == [401, 401, 429]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auth/register", {"username": "x", "password": "y"}),
        ("/auth/reset-password", {"token": "x", "new_password": "a long enough one"}),
        ("/auth/mail-reset", {"email": "nobody@example.org"}),
    ],
)
def test_what_else_needs_no_credentials_is_limited_by_address(api, db, only, path, body):
    only(sign_in_address="2/minute")
    assert [api().post(path, body).status_code == 429 for _ in range(3)] == [False, False, True]


def test_nobody_is_flooded_with_reset_mails(api, cast, only):
    only(sign_in_account="1/minute")
    for email in ("bob@example.org", "nobody@example.org"):
        body = {"email": email}
        assert [api().post("/auth/mail-reset", body).status_code for _ in range(2)] == [200, 429]


def test_refreshing_is_limited_by_sign_in(api, cast, only):
    token = login(api, "bob", PASSWORD).json()["refresh_token"]
    only(account="2/minute")
    body = {"refresh_token": token}
    assert [api().post("/auth/refresh", body).status_code for _ in range(3)] == [200, 200, 429]


def test_sending_and_making_things_have_limits_of_their_own(api, cast, only):
    only(send="1/minute", create="1/minute")
    bob = api(cast.bob)
    message, channel = {"content": "a"}, {"name": "c", "type": "text"}
    assert statuses(2, lambda: bob.post(f"/channels/{cast.general.pk}/messages", message)) == [201, 429]
    assert statuses(2, lambda: bob.post(f"/servers/{cast.server.pk}/channels", channel)) == [201, 429]
    assert statuses(1, lambda: bob.get(f"/channels/{cast.general.pk}/messages")) == [200]


def test_a_store_that_is_down_stops_nobody_and_opens_nothing(only, settings, caplog):
    settings.RATE_LIMIT_STORAGE = "redis://127.0.0.1:1"
    only(send="1/minute")
    limits.hit("send", "bob")
    with pytest.raises(TooMany):
        limits.hit("send", "bob")
    assert "does not answer" in caplog.text


def test_what_one_process_has_counted_the_others_know(only, settings):
    only(address="2/minute")
    with Redis() as redis:
        settings.RATE_LIMIT_STORAGE = redis.url
        for _process in range(2):
            limits.forget()
            limits.hit("address", "192.0.2.1")
        limits.forget()
        with pytest.raises(TooMany):
            limits.hit("address", "192.0.2.1")
        limits.hit("address", "192.0.2.2")


def test_a_store_that_says_nothing_is_asked_once_and_then_left_alone(only, settings, monkeypatch, caplog):
    only(address="20/minute")
    monkeypatch.setattr(limits, "PATIENCE", 0.1)
    monkeypatch.setattr(limits, "REST", 0.3)
    with Redis() as redis:
        settings.RATE_LIMIT_STORAGE = redis.url
        limits.hit("address", "192.0.2.1")
        redis.freeze()
        for _use in range(5):
            limits.hit("address", "192.0.2.1")
        assert caplog.text.count("does not answer") == 1
        time.sleep(0.3)
        limits.hit("address", "192.0.2.1")
        assert caplog.text.count("does not answer") == 2


def test_a_redis_may_be_reached_through_a_socket_file(only, settings, tmp_path, caplog):
    only(address="1/minute")
    settings.RATE_LIMIT_STORAGE = f"unix://{tmp_path}/redis.sock"
    limits.hit("address", "192.0.2.1")
    assert "does not answer" in caplog.text


def test_clearing_away_old_counts_takes_no_thread_for_each_use(only):
    only(address="1000/minute")
    limits.hit("address", "192.0.2.1")
    before = set(threading.enumerate())
    for _ in range(3):
        time.sleep(0.02)
        limits.hit("address", "192.0.2.1")
    assert set(threading.enumerate()) <= before
