"""Two people in two browsers, and a third who must not see everything."""

from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import Page, WebSocketRoute, expect

from accounts.models import Session
from chat.models import Message
from together.events.log import EventRecord
from together.testing.cast import Cast

Visit = Any


def say(page: Page, text: str) -> None:
    page.get_by_label("Message to #").fill(text)
    page.get_by_label("Message to #").press("Enter")


def rows(page: Page, text: str) -> Any:
    return page.locator(".message", has_text=text)


def test_what_one_says_the_other_reads(visit: Visit, cast: Cast) -> None:
    alice, bob = visit(cast.alice), visit(cast.bob)
    say(alice, "Hello **Bob**")
    expect(rows(bob, "Hello Bob").locator("strong")).to_have_text("Bob")
    expect(rows(alice, "Hello Bob")).to_have_count(1)
    expect(rows(alice, "Hello Bob")).not_to_have_attribute("data-pending", "")
    say(bob, "Hello <b>Alice</b>")
    expect(rows(alice, "Hello <b>Alice</b>")).to_have_count(1)
    expect(bob.locator("[data-pending]")).to_have_count(0)
    assert Message.objects.count() == 2


def test_edits_and_deletions_follow(visit: Visit, cast: Cast) -> None:
    alice, bob = visit(cast.alice), visit(cast.bob)
    say(alice, "A typpo")
    expect(rows(bob, "A typpo")).to_have_count(1)
    # Not until the server's row is here can it be edited.
    expect(alice.locator(".message[data-id]")).to_have_count(1)
    rows(alice, "A typpo").hover()
    alice.get_by_role("link", name="Edit").click()
    editor = alice.locator("message-editor textarea")
    expect(editor).to_have_value("A typpo")
    editor.fill("No typo")
    editor.press("Enter")
    expect(rows(bob, "No typo")).to_contain_text("(edited)")
    expect(rows(bob, "typpo")).to_have_count(0)
    expect(rows(alice, "No typo")).to_have_count(1)
    rows(alice, "No typo").hover()
    alice.get_by_role("link", name="Delete").click()
    alice.get_by_role("dialog").get_by_role("button", name="Keep").click()
    expect(rows(alice, "No typo")).to_have_count(1)
    alice.get_by_role("link", name="Delete").click()
    alice.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(rows(alice, "No typo")).to_have_count(0)
    expect(rows(bob, "No typo")).to_have_count(0)


def test_a_hidden_channel_is_nowhere_for_whom_it_is_hidden(visit: Visit, cast: Cast) -> None:
    heard: list[str] = []
    secret = f"/channels/{cast.server.pk}/{cast.secret.pk}"
    bob = visit(cast.bob, secret)
    charlie = visit(cast.charlie)
    charlie.on("websocket", lambda socket: socket.on("framereceived", lambda frame: heard.append(str(frame))))
    charlie.reload()
    expect(charlie.locator("html")).to_have_attribute("data-gateway", "up")
    say(bob, "Between us")
    expect(rows(bob, "Between us")).not_to_have_attribute("data-pending", "")
    bob.goto(f"/channels/{cast.server.pk}/{cast.general.pk}")
    say(bob, "For everyone")
    expect(rows(charlie, "For everyone")).to_have_count(1)
    assert "secret" not in charlie.content()
    assert any("For everyone" in frame for frame in heard)
    assert not any("Between us" in frame or str(cast.secret.pk) in frame for frame in heard)
    assert charlie.request.get(secret).status == 404


def test_a_socket_that_was_given_up_takes_no_other_along_when_it_ends_at_last(visit: Visit, cast: Cast) -> None:
    held: list[WebSocketRoute] = []

    def silent(socket: WebSocketRoute) -> None:
        held.append(socket)
        server = socket.connect_to_server()
        socket.on_message(lambda message: None if "HEARTBEAT" in message else server.send(message))
        # The browser waits for the other side, which is gone.
        socket.on_close(lambda _code, _reason: None)

    bob = visit(cast.bob)
    bob.clock.install()
    bob.route_web_socket("**/ws?**", silent)
    bob.reload()
    gateway = bob.locator("html")
    expect(gateway).to_have_attribute("data-gateway", "up")
    bob.clock.run_for(30_000)
    bob.clock.run_for(10_000)
    expect(gateway).to_have_attribute("data-gateway", "down")
    bob.clock.run_for(1_000)
    expect(gateway).to_have_attribute("data-gateway", "up")
    held[0].close(code=1000)
    say(bob, "Still here")
    expect(rows(bob, "Still here").and_(bob.locator("[data-id]"))).to_have_count(1)
    bob.clock.run_for(2_000)
    expect(gateway).to_have_attribute("data-gateway", "up")
    assert len(held) == 2


@pytest.mark.parametrize("forgotten", [False, True])
def test_a_page_that_was_cut_off_catches_up_by_itself(visit: Visit, cast: Cast, forgotten: bool) -> None:
    alice = visit(cast.alice)
    for text in ("stays", "will change", "will go"):
        say(alice, text)
        expect(rows(alice, text).and_(alice.locator("[data-id]"))).to_have_count(1)
    held: list[WebSocketRoute] = []
    cut = {"now": False}
    bob = visit(cast.bob)

    def route(socket: WebSocketRoute) -> None:
        if cut["now"]:
            socket.close(code=1012)
            return
        held.append(socket)
        socket.connect_to_server()

    bob.route_web_socket("**/ws?**", route)
    bob.reload()
    expect(bob.locator("html")).to_have_attribute("data-gateway", "up")
    cut["now"] = True
    held[-1].close(code=1012)
    expect(bob.get_by_text("The connection is lost.")).to_be_visible()
    say(alice, "missed")
    rows(alice, "will change").hover()
    alice.get_by_role("link", name="Edit").click()
    alice.locator("message-editor textarea").fill("has changed")
    alice.locator("message-editor textarea").press("Enter")
    expect(rows(alice, "has changed")).to_have_count(1)
    rows(alice, "will go").hover()
    alice.get_by_role("link", name="Delete").click(modifiers=["Shift"])
    expect(rows(alice, "will go")).to_have_count(0)
    expect(rows(bob, "missed")).to_have_count(0)
    if forgotten:
        EventRecord.objects.all().delete()
    fetched: list[str] = []
    bob.on("request", lambda request: fetched.append(request.url))
    cut["now"] = False
    expect(bob.locator("html")).to_have_attribute("data-gateway", "up", timeout=15_000)
    expect(rows(bob, "missed")).to_have_count(1)
    expect(rows(bob, "has changed")).to_have_count(1)
    expect(rows(bob, "will")).to_have_count(0)
    expect(bob.locator(".message")).to_have_count(3)
    expect(bob.get_by_text("The connection is lost.")).to_be_hidden()
    # What the socket tells anew is not read again as a page.
    assert any(f"/{cast.general.pk}" in url for url in fetched) == forgotten


def test_what_could_not_be_sent_can_be_tried_again_and_arrives_once(
    visit: Visit, cast: Cast, errors: list[str]
) -> None:
    alice, bob = visit(cast.alice), visit(cast.bob)
    address = f"**/channels/{cast.server.pk}/{cast.general.pk}"

    def sent_but_unanswered(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    alice.route(address, lambda route: route.abort() if route.request.method == "POST" else route.continue_())
    say(alice, "Lost on the way")
    expect(alice.get_by_text("This was not sent")).to_be_visible()
    assert not Message.objects.exists()
    alice.unroute(address)
    alice.get_by_role("button", name="Try again").click()
    expect(rows(bob, "Lost on the way")).to_have_count(1)
    alice.route(address, sent_but_unanswered)
    say(alice, "Lost on the way back")
    expect(rows(bob, "Lost on the way back")).to_have_count(1)
    # The socket brings what the answer did not.
    expect(rows(alice, "Lost on the way back").and_(alice.locator("[data-id]"))).to_have_count(1)
    expect(alice.locator("[data-pending]")).to_have_count(0)
    assert Message.objects.count() == 2
    assert all("ERR_FAILED" in complaint for complaint in errors)
    errors.clear()


def test_a_page_whose_session_ended_asks_to_sign_in(visit: Visit, cast: Cast) -> None:
    here = visit(cast.alice)
    elsewhere = visit(cast.alice, "/sessions", java_script_enabled=False)
    elsewhere.get_by_role("button", name="End").first.click()
    here.wait_for_url("**/login?next=**")


def test_new_channels_and_members_appear_beside_the_messages(visit: Visit, cast: Cast) -> None:
    charlie, bob = visit(cast.charlie), visit(cast.bob, java_script_enabled=False)
    bob.goto(f"/channels/{cast.server.pk}/new")
    bob.get_by_label("Name").fill("plans")
    bob.get_by_role("button", name="Make it").click()
    expect(charlie.get_by_role("link", name="plans")).to_be_visible()
    expect(charlie.get_by_role("link", name="secret")).to_have_count(0)


@pytest.mark.parametrize("text", ["one\ntwo", "x" * 3999, "<script>alert(1)</script>", "مرحبا 👋"])
def test_what_is_on_its_way_looks_like_what_arrives(visit: Visit, cast: Cast, text: str) -> None:
    alice = visit(cast.alice)
    say(alice, text)
    row = alice.locator(".message[data-id]")
    expect(row).to_have_count(1)
    expect(row.locator(".message__content")).to_contain_text(text.split("\n")[-1])
    assert Message.objects.get().content == text


def test_who_was_signed_out_while_they_were_cut_off_is_asked_to_sign_in(visit: Visit, cast: Cast) -> None:
    """A handshake that is refused looks like one that nobody answers."""
    held: list[WebSocketRoute] = []
    bob, charlie = visit(cast.bob), visit(cast.charlie)
    for page in (bob, charlie):
        cut_off(page, held)
    Session.objects.filter(user=cast.charlie).update(revoked_at=timezone.now())
    for socket in held:
        socket.close(code=1012)
    charlie.wait_for_url("**/login?next=**")
    expect(bob.get_by_text("The connection is lost.")).to_be_visible()
    assert "/login" not in bob.url


def cut_off(page: Page, held: list[WebSocketRoute]) -> None:
    """From now on the page's first socket is held, and no other gets through."""
    ours: list[WebSocketRoute] = []

    def route(socket: WebSocketRoute) -> None:
        if ours:
            socket.close(code=1012)
            return
        ours.append(socket)
        held.append(socket)
        socket.connect_to_server()

    page.route_web_socket("**/ws?**", route)
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-gateway", "up")
