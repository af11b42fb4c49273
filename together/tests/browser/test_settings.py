"""Settings in a browser: by keyboard, by pointer, on a phone."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from guilds.models import Channel, Override, Role
from guilds.permissions import Permission
from together.testing.cast import Cast

Visit = Any
P = Permission


def order_of(cast: Cast) -> list[str]:
    listed = Channel.objects.filter(server=cast.server, type="text").in_order()
    return list(listed.values_list("name", flat=True))


def settings(cast: Cast, page: str = "") -> str:
    return f"/channels/{cast.server.pk}/settings{page}"


def test_channels_are_sorted_by_keyboard(visit: Visit, cast: Cast) -> None:
    charlie = visit(cast.alice)
    page = visit(cast.bob, settings(cast, "/channels"))
    up = page.get_by_role("button", name="Move secret up")
    up.focus()
    page.keyboard.press("Enter")
    rows = page.locator("reorder-list .row__name")
    expect(rows).to_have_text(["Text", "secret", "general"])
    expect(up).to_be_focused()
    assert order_of(cast) == ["secret", "general"]
    expect(charlie.get_by_role("navigation", name="Channels").locator(".channels__item bdi")).to_have_text(
        ["secret", "general"]
    )
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(rows).to_have_text(["Text", "general", "secret"])
    assert order_of(cast) == ["general", "secret"]


def test_channels_are_sorted_by_dragging(visit: Visit, cast: Cast) -> None:
    page = visit(cast.bob, settings(cast, "/channels"))
    names = page.locator("reorder-list .row__name")
    # A browser without a screen now and then does not see a drag: then it is done again, as a person would.
    for _attempt in range(6):
        drag_over(page, "secret", "general")
        page.wait_for_timeout(300)
        if names.all_inner_texts() == ["Text", "secret", "general"]:
            break
    expect(names).to_have_text(["Text", "secret", "general"])
    expect(page.locator("reorder-list .row[data-dragged]")).to_have_count(0)
    page.reload()
    expect(names).to_have_text(["Text", "secret", "general"])
    assert order_of(cast) == ["secret", "general"]


def drag_over(page: Page, name: str, other: str) -> None:
    """Take one row with the pointer and let it go above another."""
    rows = page.locator("reorder-list .row")
    target = rows.filter(has_text=other).bounding_box()
    assert target
    rows.filter(has_text=name).hover()
    page.mouse.down()
    # Browsers tell of what is dragged over from the second move on.
    for y in (30, 8, 4):
        page.mouse.move(target["x"] + 60, target["y"] + y)
    page.mouse.up()


@pytest.mark.parametrize("scripts", [True, False])
def test_the_matrix_says_who_may_do_what(visit: Visit, cast: Cast, scripts: bool) -> None:
    Role.objects.create(server=cast.server, name="Guests", position=0)
    address = f"/channels/{cast.server.pk}/{cast.general.pk}/settings/permissions"
    page = visit(cast.alice, address, java_script_enabled=scripts)
    page.get_by_label("For a role").select_option("Guests")
    page.get_by_role("button", name="Add the role").click()
    page.get_by_label("For a person").fill("charlie")
    page.get_by_role("button", name="Add the person").click()
    page.get_by_role("group", name="Write messages: Everyone").get_by_role("radio", name="Deny").check()
    page.get_by_role("group", name="Write messages: Guests").get_by_role("radio", name="Allow").check()
    page.get_by_role("group", name="React: charlie").get_by_role("radio", name="Deny").check()
    page.get_by_role("button", name="Save the table").click()
    expect(page.get_by_text("Saved.")).to_be_visible()
    expect(page.get_by_role("group", name="Write messages: Guests").get_by_role("radio", name="Allow")).to_be_checked()
    cast.general.refresh_from_db()
    assert cast.general.default_deny == P.SEND_MESSAGES
    assert Override.objects.get(channel=cast.general, role__name="Guests").allow == P.SEND_MESSAGES
    assert Override.objects.get(channel=cast.general, user=cast.charlie).deny == P.ADD_REACTIONS
    page.get_by_role("group", name="React: charlie").get_by_role("radio", name="Not set").check()
    page.get_by_role("button", name="Save the table").click()
    expect(page.get_by_role("group", name="React: charlie")).to_have_count(0)
    assert not Override.objects.filter(channel=cast.general, user=cast.charlie).exists()


def test_a_dialog_gives_the_focus_back_and_closes_by_key(visit: Visit, cast: Cast) -> None:
    page = visit(cast.alice)
    link = page.get_by_role("complementary", name="Members").get_by_role("link", name="bob")
    link.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_accessible_name("bob")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(link).to_be_focused()


@pytest.mark.parametrize("width", [320, 768])
def test_no_page_of_settings_sticks_out(visit: Visit, cast: Cast, width: int) -> None:
    Role.objects.filter(pk=cast.moderator.pk).update(name="Moderators" * 10)
    page: Page = visit(cast.alice, viewport={"width": width, "height": 700})
    channel = f"/channels/{cast.server.pk}/{cast.secret.pk}/settings"
    tabs = ["", "/channels", "/roles", f"/roles/{cast.moderator.pk}", "/members", "/invites", "/bans", "/audit"]
    member = f"/channels/{cast.server.pk}/members/{cast.charlie.pk}"
    people = [member, f"{member}/ban", f"{member}/timeout", f"{member}/transfer"]
    preview = settings(cast, f"/preview?role={cast.moderator.pk}")
    addresses = [settings(cast, tab) for tab in tabs] + people + [channel, f"{channel}/permissions", f"{channel}/why"]
    for address in [*addresses, preview]:
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
        assert page.evaluate("[...document.querySelectorAll('.sheet')].every(s => s.scrollWidth <= s.clientWidth)"), (
            address
        )
