"""What moderators do is felt at once where it is done, and said why."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from guilds import actions
from guilds.models import Ban, Member, MemberRole, Override, Role, Timeout
from guilds.permissions import Permission
from together.testing.cast import Cast

Visit = Any
P = Permission
WHY = "You may read here, but not write."


@pytest.fixture
def moderated(cast: Cast) -> Cast:
    """Bob can do all that moderators do."""
    flags = P.MUTE_MEMBERS | P.KICK_MEMBERS | P.BAN_MEMBERS
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=cast.moderator.permissions | flags)
    return cast


def test_a_timeout_is_said_where_one_types_until_it_is_ended(visit: Visit, moderated: Cast) -> None:
    bob, charlie = visit(moderated.bob), visit(moderated.charlie)
    box = charlie.get_by_label("Message to #general")
    box.fill("Half a thought")
    bob.get_by_role("complementary", name="Members").get_by_role("link", name="charlie").click()
    dialog = bob.get_by_role("dialog")
    expect(dialog).to_have_accessible_name("charlie")
    dialog.get_by_role("link", name="Time out").click()
    expect(dialog).to_have_accessible_name("Time charlie out?")
    dialog.get_by_label("For how long").select_option("1 hour")
    dialog.get_by_label("Reason").fill("Too loud")
    dialog.get_by_role("button", name="Time out charlie").click()
    expect(bob.get_by_text("charlie is timed out.")).to_be_visible()
    expect(bob.get_by_role("heading", name="general", exact=True)).to_be_visible()
    timeout = Timeout.objects.get(user=moderated.charlie)
    assert timeout.reason == "Too loud"
    expect(charlie.get_by_text("You are timed out until")).to_be_visible()
    until = charlie.locator("composer-area time")
    expect(until).to_have_attribute("datetime", timeout.expires_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"))
    expect(box).to_have_count(0)
    actions.end_timeout(actor=moderated.alice, server=moderated.server, user=moderated.charlie)
    expect(box).to_have_value("Half a thought")
    expect(charlie.get_by_text("You are timed out until")).to_have_count(0)


def test_a_timeout_that_passes_gives_the_box_back_by_itself(visit: Visit, cast: Cast) -> None:
    Timeout.objects.create(
        server=cast.server, user=cast.charlie, expires_at=timezone.now() + timedelta(seconds=6), created_by=cast.alice
    )
    charlie = visit(cast.charlie)
    expect(charlie.get_by_text("You are timed out until")).to_be_visible()
    expect(charlie.get_by_label("Message to #general")).to_be_visible(timeout=15_000)


def test_who_loses_a_role_loses_its_channels_from_the_screen(visit: Visit, cast: Cast, errors: list[str]) -> None:
    insiders = Role.objects.create(server=cast.server, name="Insiders", position=0)
    MemberRole.objects.create(member=Member.objects.get(user=cast.charlie), role=insiders)
    Override.objects.create(channel=cast.secret, role=insiders, allow=P.VIEW_CHANNEL)
    inside = visit(cast.charlie, f"/channels/{cast.server.pk}/{cast.secret.pk}")
    beside = visit(cast.charlie)
    expect(beside.get_by_role("link", name="secret")).to_be_visible()
    alice = visit(cast.alice, f"/channels/{cast.server.pk}/settings/members")
    alice.get_by_role("link", name="charlie").first.click()
    alice.get_by_role("dialog").get_by_role("checkbox", name="Insiders").uncheck()
    alice.get_by_role("dialog").get_by_role("button", name="Save the roles").click()
    expect(alice.get_by_text("Saved.")).to_be_visible()
    inside.wait_for_url(f"**/{cast.general.pk}")
    expect(inside.get_by_role("heading", name="general", exact=True)).to_be_visible()
    assert "secret" not in inside.content()
    expect(beside.get_by_role("link", name="secret")).to_have_count(0)
    expect(beside.get_by_label("Message to #general")).to_be_visible()
    # What the page that is left still asked for is not there any more.
    errors[:] = [error for error in errors if "404" not in error]


def test_a_channel_that_becomes_read_only_says_so_where_one_types(visit: Visit, cast: Cast) -> None:
    charlie = visit(cast.charlie)
    alice = visit(cast.alice, f"/channels/{cast.server.pk}/{cast.general.pk}/settings/permissions")
    alice.get_by_role("checkbox", name="Read only").check()
    alice.get_by_role("button", name="Save", exact=True).click()
    expect(alice.get_by_text("Saved.")).to_be_visible()
    expect(charlie.get_by_text(WHY)).to_be_visible()
    expect(charlie.locator("composer-area")).to_contain_text("Denied to everyone in this channel.")
    charlie.get_by_role("link", name="What may I do here?").click()
    charlie.wait_for_url("**/why")
    row = charlie.get_by_role("listitem").filter(has_text="Write messages")
    expect(row).to_contain_text("Denied to everyone in this channel.")


def test_a_change_beside_the_messages_leaves_one_where_one_is(visit: Visit, cast: Cast) -> None:
    bob = visit(cast.bob, f"/channels/{cast.server.pk}/{cast.secret.pk}")
    bob.evaluate("window.stayed = true")
    actions.change_nickname(actor=cast.charlie, member=Member.objects.get(user=cast.charlie), nickname="Chuck")
    expect(bob.get_by_role("complementary", name="Members").get_by_role("link", name="Chuck")).to_be_visible()
    actions.create_role(actor=cast.alice, server=cast.server, name="Guests")
    actions.update_channel(actor=cast.alice, channel=cast.general, name="lobby")
    expect(bob.get_by_role("link", name="lobby")).to_be_visible()
    assert bob.evaluate("window.stayed")


def test_a_ban_without_scripts_asks_first_and_takes_the_person_to_what_was_done(visit: Visit, moderated: Cast) -> None:
    charlie = visit(moderated.charlie)
    bob = visit(moderated.bob, java_script_enabled=False)
    bob.get_by_role("link", name="charlie").click()
    bob.get_by_role("link", name="Ban…").click()
    expect(bob.get_by_role("heading", name="Ban charlie?")).to_be_visible()
    assert not Ban.objects.exists()
    bob.get_by_label("Reason").fill("Enough")
    bob.get_by_role("button", name="Ban charlie").click()
    expect(bob.get_by_text("charlie was banned.")).to_be_visible()
    charlie.wait_for_url("**/sessions/acts")
    told = charlie.get_by_role("listitem").filter(has_text="You were banned.")
    expect(told).to_contain_text("Gaming Squad")
    expect(told).to_contain_text("Enough")
    charlie.get_by_role("link", name="Back to my servers").click()
    charlie.wait_for_url("**/servers")
    expect(charlie.get_by_role("link", name=re.compile("Gaming Squad"))).to_have_count(0)
    bob.get_by_role("link", name="Bans", exact=True).click()
    expect(bob.get_by_text("Enough")).to_be_visible()
    bob.get_by_role("link", name="Lift the ban of charlie").click()
    bob.get_by_role("button", name="Lift the ban").click()
    expect(bob.get_by_text("Nobody is banned.")).to_be_visible()


def test_slow_mode_says_how_long_to_wait(visit: Visit, cast: Cast, errors: list[str]) -> None:
    actions.update_channel(actor=cast.alice, channel=cast.general, slow_mode=300)
    charlie = visit(cast.charlie)
    expect(charlie.get_by_text("Slow mode: one message every 5 minutes.")).to_be_visible()
    box = charlie.get_by_label("Message to #general")
    box.fill("One")
    box.press("Enter")
    expect(charlie.locator(".message[data-id]")).to_have_count(1)
    box.fill("Two")
    box.press("Enter")
    expect(charlie.get_by_text(re.compile(r"Please wait [45] minutes, then try again\."))).to_be_visible()
    expect(visit(cast.bob).get_by_text("Slow mode")).to_have_count(0)
    assert all("429" in complaint for complaint in errors)
    errors.clear()
