"""Who is timed out only reads: no posts, no edits, until it has passed."""

from datetime import timedelta

import pytest
from django.utils import timezone

from chat.actions import send_message
from chat.models import Message
from guilds.models import Role, Timeout
from guilds.permissions import Permission


@pytest.fixture
def written(cast):
    return send_message(actor=cast.charlie, channel_id=cast.general.pk, content="before")


@pytest.fixture
def timeout(cast, written):
    return Timeout.objects.create(server=cast.server, user=cast.charlie, expires_at=timezone.now() + timedelta(hours=1))


def test_they_neither_post_nor_edit_and_are_told_until_when(api, cast, written, timeout, told):
    charlie = api(cast.charlie)
    told()
    for answer in (
        charlie.post(f"/channels/{cast.general.pk}/messages", {"content": "a"}),
        charlie.patch(f"/messages/{written.pk}", {"content": "a"}),
    ):
        assert answer.status_code == 403
        assert "timed out" in answer.json()["error"]
        assert f"{timeout.expires_at:%Y-%m-%d}" in answer.json()["error"]
    assert told() == []
    assert Message.objects.get().content == "before"


def test_they_still_read(api, cast, written, timeout):
    charlie = api(cast.charlie)
    assert len(charlie.get(f"/channels/{cast.general.pk}/messages").json()) == 1
    assert charlie.get(f"/channels/{cast.general.pk}/messages/{written.pk}").status_code == 200
    assert charlie.get(f"/servers/{cast.server.pk}/members").status_code == 200
    assert charlie.get(f"/channels/{cast.secret.pk}/messages").status_code == 404


def test_when_it_has_passed_they_write_again(api, cast, written, timeout):
    Timeout.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    charlie = api(cast.charlie)
    assert charlie.post(f"/channels/{cast.general.pk}/messages", {"content": "a"}).status_code == 201
    assert charlie.patch(f"/messages/{written.pk}", {"content": "a"}).status_code == 200


def test_a_moderator_who_is_timed_out_deletes_nothing_of_others(api, cast, written):
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=Permission.MANAGE_MESSAGES)
    late = Timeout.objects.create(server=cast.server, user=cast.bob, expires_at=timezone.now() + timedelta(hours=1))
    bob, purge = api(cast.bob), f"/channels/{cast.general.pk}/messages/purge"
    assert bob.delete(f"/messages/{written.pk}").status_code == 403
    assert bob.post(purge, {}).status_code == 403
    late.delete()
    assert bob.post(purge, {"limit": 1}).json() == {"deleted": 1}
