"""The page on which a moderator deletes many messages at once, which works without scripts."""

import uuid

import pytest

from chat.actions import send_message
from chat.models import Message
from guilds.models import Role
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.testing.pages import browse, text_of

SURE = {"limit": "10", "sure": "on"}


@pytest.fixture
def address(cast):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.MANAGE_MESSAGES)
    for author, content in ((cast.charlie, "one"), (cast.bob, "two"), (cast.charlie, "three")):
        send_message(actor=author, channel_id=cast.general.pk, content=content)
    return f"/channels/{cast.server.pk}/{cast.general.pk}/purge"


def left():
    return list(Message.objects.living().order_by("created_at", "id").values_list("content", flat=True))


def test_a_moderator_finds_it_and_deletes_what_somebody_wrote_with_a_reason(cast, address):
    bob = browse(cast.bob)
    assert address in text_of(bob.get(address.removesuffix("purge") + "settings"))
    assert "Delete many messages" in text_of(bob.get(address))
    answer = bob.post(address, {**SURE, "person": "charlie", "reason": "Spam"}, follow=True)
    assert "2 messages were deleted." in text_of(answer)
    assert left() == ["two"]
    entry = AuditEntry.objects.get(action="message_purge")
    assert (entry.actor, entry.reason) == (cast.bob, "Spam")
    assert entry.details == {"deleted": 2, "user_id": str(cast.charlie.pk)}


def test_without_a_name_it_takes_everybody_s(cast, address):
    assert browse(cast.bob).post(address, SURE).status_code == 302
    assert left() == []


def test_from_a_message_on_only_what_came_after_it_goes(cast, address):
    bob, first = browse(cast.bob), Message.objects.order_by("created_at", "id").first()
    there = f"{address}?after={first.pk}"
    assert there in text_of(bob.get(f"/messages/{first.pk}"))
    asked = text_of(bob.get(there))
    assert f'value="{first.pk}"' in asked
    bob.post(address, {**SURE, "after": str(first.pk)})
    assert left() == ["one"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"limit": "10"},
        {**SURE, "limit": "11"},
        {**SURE, "limit": "x"},
        {**SURE, "person": "mallory"},
        {**SURE, "person": "\x00"},
        {**SURE, "after": "x"},
        {**SURE, "reason": "r" * 513},
    ],
)
def test_what_is_not_sure_or_makes_no_sense_is_shown_again_and_nothing_goes(cast, address, wrong):
    answer = browse(cast.bob).post(address, wrong)
    assert answer.status_code == 400
    assert "Delete many messages" in text_of(answer)
    assert left() == ["one", "two", "three"]


def test_a_message_that_never_was_there_is_not_found(cast, address):
    assert browse(cast.bob).post(address, {**SURE, "after": str(uuid.uuid4())}).status_code == 404


def test_it_takes_the_permission_and_who_does_not_see_the_channel_finds_no_page(cast, address):
    assert address not in text_of(browse(cast.charlie).get(address.removesuffix("purge") + "settings"))
    for user, status in ((cast.charlie, 403), (cast.mallory, 404)):
        assert browse(user).get(address).status_code == status
        assert browse(user).post(address, SURE).status_code == status
    assert left() == ["one", "two", "three"]
