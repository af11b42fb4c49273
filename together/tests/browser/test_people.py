"""Who is there, who types, and what is new, on pages that stand open."""

from typing import Any

from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from guilds.models import Channel
from together.testing.cast import Cast

Visit = Any


def box(page: Page) -> Locator:
    return page.get_by_label("Message to #")


def say(page: Page, text: str) -> None:
    box(page).fill(text)
    box(page).press("Enter")


def item(page: Page, channel: Channel) -> Locator:
    return page.locator(f'.channels__item[data-channel-id="{channel.pk}"]')


def face(page: Page, user: User) -> Locator:
    return page.locator(f'.members__item[data-user-id="{user.pk}"]')


def test_what_is_new_elsewhere_is_marked_until_it_is_read_on_any_device(visit: Visit, cast: Cast) -> None:
    other = Channel.objects.create(server=cast.server, name="other", position=5)
    alice, bob, phone = visit(cast.alice), visit(cast.bob), visit(cast.bob)
    alice.goto(f"/channels/{cast.server.pk}/{other.pk}")
    for page in (bob, phone):
        expect(item(page, other)).not_to_have_attribute("data-unread", "")
    say(alice, "news")
    for page in (bob, phone):
        expect(item(page, other)).to_have_attribute("data-unread", "")
        expect(item(page, other).locator(".channels__mentions")).to_be_hidden()
    say(alice, "news for @bob")
    for page in (bob, phone):
        expect(item(page, other).locator(".channels__mentions")).to_have_text("Mentions: 1")
        expect(page.get_by_role("link", name="other (unread) Mentions: 1")).to_be_visible()
    # What the server knows is the same.
    bob.reload()
    expect(item(bob, other).locator(".channels__mentions")).to_have_text("Mentions: 1")
    item(bob, other).click()
    expect(bob.locator(".timeline__new + .timeline__day + .message, .timeline__new + .message").first).to_contain_text(
        "news"
    )
    for page in (bob, phone):
        expect(item(page, other)).not_to_have_attribute("data-unread", "")
        expect(item(page, other).locator(".channels__mentions")).to_be_hidden()
    # What arrives before somebody's eyes is read, here and there.
    say(alice, "more for @bob")
    expect(bob.locator(".message", has_text="more for @bob")).to_be_visible()
    expect(item(bob, other)).not_to_have_attribute("data-unread", "")
    expect(item(phone, other)).not_to_have_attribute("data-unread", "")
    phone.reload()
    expect(item(phone, other)).not_to_have_attribute("data-unread", "")


def test_who_types_is_shown_until_they_have_written(visit: Visit, cast: Cast) -> None:
    bob, charlie = visit(cast.bob), visit(cast.charlie)
    line = charlie.locator(".timeline__typing")
    box(bob).press_sequentially("hello")
    expect(line).to_have_text("bob is typing…")
    # Not to oneself.
    expect(bob.locator(".timeline__typing")).to_have_text("")
    box(bob).press("Enter")
    expect(line).to_have_text("")
    expect(charlie.locator(".message", has_text="hello")).to_have_count(1)


def test_members_are_seen_to_come_to_choose_and_to_hide(visit: Visit, cast: Cast) -> None:
    charlie = visit(cast.charlie)
    expect(face(charlie, cast.bob)).to_have_attribute("data-status", "offline")
    bob = visit(cast.bob)
    expect(face(charlie, cast.bob)).to_have_attribute("data-status", "online")
    bob.locator(".presence > summary").click()
    bob.get_by_text("Do not disturb").click()
    bob.get_by_label("Status text").fill("Writing a report")
    bob.locator(".presence").get_by_role("button", name="Save").click()
    expect(face(charlie, cast.bob)).to_have_attribute("data-status", "dnd")
    expect(face(charlie, cast.bob)).to_contain_text("Writing a report")
    expect(bob.locator(".presence > summary")).to_contain_text("Writing a report")
    bob.locator(".presence > summary").click()
    bob.get_by_text("Invisible").click()
    bob.locator(".presence").get_by_role("button", name="Save").click()
    expect(face(charlie, cast.bob)).to_have_attribute("data-status", "offline")
    expect(face(charlie, cast.bob)).not_to_contain_text("Writing a report")


def test_a_status_can_be_chosen_without_scripts(visit: Visit, cast: Cast) -> None:
    bob = visit(cast.bob, java_script_enabled=False)
    bob.locator(".presence > summary").click()
    bob.get_by_text("Away").click()
    bob.locator(".presence").get_by_role("button", name="Save").click()
    expect(bob.locator(".presence")).to_have_attribute("data-status", "away")
    assert User.objects.get(pk=cast.bob.pk).status == "away"


def test_escape_closes_the_choice_of_a_status_and_leads_back_to_it(visit: Visit, cast: Cast) -> None:
    bob = visit(cast.bob)
    summary = bob.locator(".presence summary")
    summary.click()
    bob.get_by_label("Status text").press("Escape")
    expect(bob.get_by_label("Status text")).to_be_hidden()
    expect(summary).to_be_focused()
