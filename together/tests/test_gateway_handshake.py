"""Who may open a socket."""

import socket
from typing import Any

import pytest
from django.conf import settings
from django.test import Client as Browser

from accounts.actions import change_password, disable, sign_in, sign_out
from accounts.tokens import access_token
from together.events.event import UNREACHABLE
from together.testing.cast import PASSWORD, Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import LOCALHOST, Site, handshake, opened


def test_an_access_token_opens_a_socket_and_ready_comes_first(site: Site, cast: Cast) -> None:
    async def story() -> dict[str, Any]:
        async with opened(site, alice) as client:
            return client.frames[0]

    alice = token(cast.alice)
    ready = run(story())
    assert (ready["op"], ready["t"]) == ("DISPATCH", "READY")
    assert ready["d"]["user"]["username"] == "alice"
    assert [one["name"] for one in ready["d"]["servers"]] == ["Gaming Squad"]
    assert ready["d"]["servers"][0]["member_count"] == 3
    assert ready["d"]["dm_channels"] == ready["d"]["unread_counts"] == ready["d"]["mention_counts"] == []
    assert [role["name"] for role in ready["d"]["server_roles"][str(cast.server.pk)]] == ["Moderator"]
    assert list(ready["d"]["channel_overrides"]) == [str(cast.secret.pk)]


def test_ready_says_nothing_of_a_hidden_channel(site: Site, cast: Cast) -> None:
    async def story() -> dict[str, Any]:
        async with opened(site, charlie) as client:
            return client.frames[0]

    charlie = token(cast.charlie)
    assert str(cast.secret.pk) not in str(run(story()))


def test_without_or_with_wrong_credentials_the_answer_is_401(site: Site, cast: Cast) -> None:
    session, refresh = sign_in(user=cast.alice)
    for query in ("", "?token=", "?token=x.y.z", f"?token={refresh}", "?token=%00%ff", "?bot_token=abc"):
        assert run(handshake(site.socket_url + query)) == 401, query
    assert run(handshake(f"{site.socket_url}?token={access_token(cast.alice, session)}")) == 101


def test_a_connection_becomes_a_socket_once_what_was_asked_before_is_answered(site: Site, cast: Cast) -> None:
    head = b"GET %b HTTP/1.1\r\nhost: 127.0.0.1\r\n"
    ask = head % b"/api/users/@me" + b"\r\n"
    upgrade = head % b"/ws?token=%b" % token(cast.alice).encode() + (
        b"connection: Upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
        b"sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )
    for together, answers in ((True, [b"400"]), (False, [b"401", b"101"])):
        with socket.create_connection((LOCALHOST, site.port), timeout=5) as client:
            if together:
                client.sendall(ask + upgrade)
                heard = [client.recv(4096)]
            else:
                heard = []
                for request in (ask, upgrade):
                    client.sendall(request)
                    heard.append(client.recv(4096))
        assert [answer.split()[1] for answer in heard] == answers


@pytest.mark.parametrize("error", UNREACHABLE)
def test_without_a_database_who_comes_is_told_to_come_again(
    site: Site, cast: Cast, error: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(scope: Any) -> None:
        raise error

    alice = token(cast.alice)
    with monkeypatch.context() as away:
        away.setattr("together.gateway.doorman.session_of", fail)
        assert run(handshake(f"{site.socket_url}?token={alice}")) == 503
    assert run(handshake(f"{site.socket_url}?token={alice}")) == 101


def test_another_path_is_no_gateway(site: Site, cast: Cast) -> None:
    assert run(handshake(site.socket_url + "x")) == 403


def test_a_page_s_cookie_counts_only_from_our_own_origin(site: Site, cast: Cast) -> None:
    browser = Browser()
    browser.post("/login", {"username": "alice", "password": PASSWORD})
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"}
    own = run(handshake(site.socket_url, additional_headers=cookie, origin=site.url))  # type: ignore[arg-type]
    foreign = run(handshake(site.socket_url, additional_headers=cookie, origin="https://evil.example"))
    without = run(handshake(site.socket_url, additional_headers=cookie))
    broken = run(handshake(site.socket_url, additional_headers={**cookie, "Origin": "http://["}))
    assert (own, foreign, without, broken) == (101, 401, 401, 401)


@pytest.mark.parametrize("ending", ["logout", "password", "disabled"])
def test_ending_a_sign_in_closes_its_sockets_at_once(site: Site, cast: Cast, ending: str) -> None:
    async def story() -> tuple[int | None, int]:
        async with opened(site, charlie) as client, opened(site, bob):
            if ending == "logout":
                await act(sign_out, session=session)
            elif ending == "password":
                new = "another good one"
                await act(change_password, actor=cast.charlie, current=PASSWORD, new=new, address=None)
            else:
                await act(disable, actor=cast.alice, user=cast.charlie)
            code = await client.closed(timeout=2)
            return code, await handshake(f"{site.socket_url}?token={charlie}")

    session, _refresh = sign_in(user=cast.charlie)
    charlie, bob = access_token(cast.charlie, session), token(cast.bob)
    assert run(story()) == (4004, 401)
