"""DELETE /servers/{id}/leave."""

import uuid

import pytest

from guilds import access
from guilds.actions import leave_server, remove_override
from guilds.models import MemberRole, Override, Server
from guilds.permissions import Permission
from together.refusals import NotFound

SEND = Permission.SEND_MESSAGES


def test_a_member_leaves_and_loses_sight_of_everything(api, cast, told):
    answer = api(cast.bob).delete(f"/servers/{cast.server.pk}/leave")

    assert (answer.status_code, answer.content) == (204, b"")
    assert api(cast.bob).get("/servers").json() == []
    assert api(cast.bob).get(f"/channels/{cast.general.pk}/messages").status_code == 404
    assert not MemberRole.objects.exists()
    assert [(event.name, event.audiences) for event in told()] == [
        ("MEMBER_LEAVE", [f"server:{cast.server.pk}", f"user:{cast.bob.pk}"]),
        ("@access_changed", [f"user:{cast.bob.pk}"]),
    ]


def test_what_was_made_for_them_alone_goes_with_them(api, cast):
    Override.objects.create(channel=cast.secret, user=cast.charlie, allow=Permission.VIEW_CHANNEL)
    others = Override.objects.create(channel=cast.general, user=cast.bob, allow=Permission.MANAGE_MESSAGES)
    before = set(Override.objects.exclude(user=cast.charlie))
    api(cast.charlie).delete(f"/servers/{cast.server.pk}/leave")
    assert set(Override.objects.all()) == before
    assert others in before


def test_what_was_denied_to_them_awaits_their_return(api, cast, told):
    Server.objects.update(is_public=True)
    gag = Override.objects.create(channel=cast.general, user=cast.charlie, deny=SEND, allow=Permission.MANAGE_MESSAGES)
    plain = Override.objects.create(channel=cast.secret, user=cast.charlie, deny=SEND)
    api(cast.charlie).delete(f"/servers/{cast.server.pk}/leave")
    left = Override.objects.filter(user=cast.charlie).order_by("deny", "allow").values_list("pk", "allow", "deny")
    assert set(left) == {(gag.pk, 0, SEND), (plain.pk, 0, SEND)}
    assert [(event.name, event.refs.get("override")) for event in told()] == [
        ("MEMBER_LEAVE", None),
        ("CHANNEL_OVERRIDE_UPDATE", str(gag.pk)),
        ("@access_changed", None),
    ]
    api(cast.charlie).post(f"/servers/{cast.server.pk}/join")
    assert not access.can(cast.charlie, SEND, cast.general)
    assert not access.can(cast.charlie, Permission.MANAGE_MESSAGES, cast.general)
    # Whoever manages the channel may let them speak again, here or not.
    api(cast.charlie).delete(f"/servers/{cast.server.pk}/leave")
    for override in (gag, plain):
        remove_override(actor=cast.alice, channel=override.channel, override_id=override.pk)
    api(cast.charlie).post(f"/servers/{cast.server.pk}/join")
    assert access.can(cast.charlie, SEND, cast.general)


def test_the_owner_cannot(api, cast, told):
    answer = api(cast.alice).delete(f"/servers/{cast.server.pk}/leave")
    assert answer.status_code == 400
    assert "owner" in answer.json()["error"]
    assert told() == []


def test_who_is_not_a_member_finds_nothing_to_leave(api, cast):
    hidden = api(cast.mallory).delete(f"/servers/{cast.server.pk}/leave")
    unknown = api(cast.mallory).delete(f"/servers/{uuid.uuid4()}/leave")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()
    assert api().delete(f"/servers/{cast.server.pk}/leave").status_code == 401


def test_one_cannot_leave_twice(api, cast, told):
    charlie = api(cast.charlie)
    statuses = [charlie.delete(f"/servers/{cast.server.pk}/leave").status_code for _ in range(2)]
    assert statuses == [204, 404]
    assert len(told()) == 2


def test_who_left_in_another_tab_meanwhile_is_told_so(cast):
    leave_server(actor=cast.charlie, server=cast.server)
    with pytest.raises(NotFound):
        leave_server(actor=cast.charlie, server=cast.server)
