"""Reading and writing in one browser: by keyboard, on a phone, without scripts."""

import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from chat.actions import send_message
from together.testing.cast import PASSWORD, Cast

Visit = Any
PHONE = {"viewport": {"width": 360, "height": 700}, "has_touch": True}


def test_reading_and_writing_without_scripts(visit: Visit, cast: Cast) -> None:
    page = visit(cast.charlie, java_script_enabled=False)
    page.get_by_label("Message to #general").fill("By form **alone**")
    page.get_by_role("button", name="Send").click()
    row = page.locator(".message", has_text="By form alone")
    expect(row.locator("strong")).to_have_text("alone")
    row.locator(".message__time").click()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Message").fill("Edited by form")
    page.get_by_role("button", name="Save").click()
    expect(row).to_have_count(0)
    edited = page.locator(".message", has_text="Edited by form")
    expect(edited).to_contain_text("(edited)")
    edited.locator(".message__time").click()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".message")).to_have_count(0)


def test_from_signing_up_to_the_first_message(visit: Visit, cast: Cast) -> None:
    page = visit(address="/")
    page.goto("/register")
    page.get_by_label("Username").fill("dora")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    page.get_by_role("link", name="New server").first.click()
    page.get_by_label("Name").fill("Chess club")
    page.get_by_role("button", name="Make it").click()
    page.get_by_role("link", name="general", exact=True).click()
    expect(page.get_by_role("heading", name="Welcome to #general")).to_be_visible()
    page.get_by_label("Message to #general").fill("First!")
    page.get_by_label("Message to #general").press("Enter")
    expect(page.locator(".message[data-id]")).to_contain_text("First!")


@pytest.mark.parametrize("scripts", [True, False])
def test_on_a_phone_the_rest_is_in_drawers(visit: Visit, cast: Cast, scripts: bool) -> None:
    page = visit(cast.bob, java_script_enabled=scripts, **PHONE)
    assert _fits(page)
    channels = page.get_by_role("navigation", name="Channels")
    expect(channels).to_be_hidden()
    page.get_by_role("button", name="Servers and channels").click()
    expect(channels).to_be_visible()
    page.get_by_role("link", name="secret").click()
    expect(page.get_by_role("heading", name="secret", exact=True)).to_be_visible()
    expect(channels).to_be_hidden()
    page.get_by_role("button", name="Members").click()
    expect(page.get_by_role("complementary", name="Members")).to_contain_text("charlie")


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_sticks_out(visit: Visit, cast: Cast, width: int) -> None:
    for text in (
        "unbroken" * 60,
        "```\n" + "wide " * 80 + "\n```",
        "> " + "https://example.org/" + "a" * 300,
        "- " * 9 + "a",
    ):
        send_message(actor=cast.bob, channel_id=cast.general.pk, content=text)
    page = visit(cast.alice, viewport={"width": width, "height": 700})
    expect(page.locator(".message")).to_have_count(4)
    assert _fits(page)
    for address in ("/servers", "/servers/new", f"/channels/{cast.server.pk}/new", "/sessions", "/password/change"):
        page.goto(address)
        assert _fits(page), address


def test_enter_sends_and_shift_enter_breaks_the_line(visit: Visit, cast: Cast) -> None:
    page = visit(cast.alice)
    box = page.get_by_label("Message to #general")
    box.press_sequentially("one")
    box.press("Shift+Enter")
    box.press_sequentially("two")
    expect(page.locator(".message")).to_have_count(0)
    box.press("Enter")
    expect(page.locator(".message[data-id] .message__content")).to_have_text(re.compile("one\\s*two"))
    expect(box).to_have_value("")


def test_on_a_touch_screen_enter_breaks_the_line_and_the_button_sends(visit: Visit, cast: Cast) -> None:
    page = visit(cast.alice, **PHONE, is_mobile=True)
    box = page.get_by_label("Message to #general")
    box.press_sequentially("one")
    box.press("Enter")
    box.press_sequentially("two")
    expect(box).to_have_value("one\ntwo")
    expect(page.locator(".message")).to_have_count(0)
    page.get_by_role("button", name="Send").tap()
    expect(page.locator(".message[data-id] .message__content")).to_have_text(re.compile("one\\s*two"))


def test_enter_without_words_sends_nothing_and_scolds_nobody(visit: Visit, cast: Cast) -> None:
    page = visit(cast.alice)
    box = page.get_by_label("Message to #general")
    box.evaluate("box => box.addEventListener('invalid', () => box.dataset.scolded = '')")
    box.press("Enter")
    box.fill("  ")
    box.press("Enter")
    box.fill("now")
    box.press("Enter")
    expect(page.locator(".message[data-id]")).to_have_count(1)
    expect(box).not_to_have_attribute("data-scolded", "")


def test_what_is_not_sent_yet_is_kept(visit: Visit, cast: Cast) -> None:
    page = visit(cast.alice)
    page.get_by_label("Message to #general").fill("Half a thought")
    page.get_by_role("link", name="secret").click()
    expect(page.get_by_label("Message to #secret")).to_have_value("")
    page.get_by_role("link", name="general").click()
    expect(page.get_by_label("Message to #general")).to_have_value("Half a thought")


def test_what_is_too_long_is_counted_and_not_sent(visit: Visit, cast: Cast) -> None:
    page = visit(cast.alice)
    box = page.get_by_label("Message to #general")
    box.fill("👋" * 4001)
    expect(page.locator(".composer__count")).to_have_text("-1")
    box.press("Enter")
    expect(page.locator(".message")).to_have_count(0)
    box.fill("👋" * 4000)
    box.press("Enter")
    expect(page.locator(".message[data-id]")).to_have_count(1)


def test_everything_by_keyboard(visit: Visit, cast: Cast) -> None:
    for text in ("first", "second", "third"):
        send_message(actor=cast.alice, channel_id=cast.general.pk, content=text)
    page = visit(cast.alice)
    page.get_by_role("log").focus()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".message", has_text="third")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(page.locator(".message", has_text="second")).to_be_focused()
    for _step in range(3):
        page.keyboard.press("Tab")
        if page.get_by_role("link", name="Edit").evaluate("link => link === document.activeElement"):
            break
    page.keyboard.press("Enter")
    editor = page.locator("message-editor textarea")
    expect(editor).to_be_focused()
    page.keyboard.press("Escape")
    expect(editor).to_have_count(0)
    expect(page.get_by_label("Message to #general")).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(editor).to_have_value("third")


def test_a_spoiler_opens_by_key_and_by_click(visit: Visit, cast: Cast) -> None:
    send_message(actor=cast.bob, channel_id=cast.general.pk, content="It ends ||well|| and ||late||")
    page = visit(cast.alice)
    hidden = page.get_by_role("button", name="Spoiler")
    expect(hidden).to_have_count(2)
    expect(page.get_by_text("well", exact=True)).to_be_hidden()
    hidden.first.press("Enter")
    expect(page.get_by_text("well", exact=True)).to_be_visible()
    expect(page.get_by_text("late", exact=True)).to_be_hidden()
    hidden.click()
    expect(page.get_by_text("late", exact=True)).to_be_visible()


def test_older_messages_come_when_one_scrolls_up(visit: Visit, cast: Cast) -> None:
    for n in range(120):
        send_message(actor=cast.bob, channel_id=cast.general.pk, content=f"number {n}!")
    page = visit(cast.alice)
    expect(page.locator(".message")).to_have_count(50)
    expect(page.get_by_text("number 119!")).to_be_in_viewport()
    for count in (100, 120):
        page.get_by_role("log").evaluate("log => { log.scrollTop = -log.scrollHeight; }")
        expect(page.locator(".message")).to_have_count(count)
    shown = page.locator(".message").evaluate_all("rows => rows.map((row) => row.dataset.createdAt)")
    assert shown == sorted(set(shown))
    assert len(shown) == 120
    expect(page.locator(".timeline__day")).to_have_count(1)
    # Who reads above is told of what is new, and stays where they are.
    top = page.locator(".message").first
    top.scroll_into_view_if_needed()
    before = top.bounding_box()["y"]
    bob = visit(cast.bob)
    bob.get_by_label("Message to #general").fill("News!")
    bob.get_by_label("Message to #general").press("Enter")
    expect(page.get_by_role("button", name="New messages")).to_be_visible()
    assert abs(top.bounding_box()["y"] - before) < 2
    page.get_by_role("button", name="New messages").click()
    expect(page.get_by_text("News!", exact=True).last).to_be_in_viewport()
    expect(page.get_by_role("button", name="New messages")).to_be_hidden()


def test_the_theme_changes_and_stays(visit: Visit, cast: Cast) -> None:
    page = visit(cast.alice, "/sessions", java_script_enabled=False)
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Light").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "light")
    page.goto("/servers")
    expect(page.locator("html")).to_have_attribute("data-theme", "light")


def _fits(page: Page) -> bool:
    return bool(page.evaluate("() => document.documentElement.scrollWidth <= innerWidth"))
