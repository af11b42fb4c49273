"""GET …/permissions/@me and …/permissions/{user_id} of a server and of a channel, and previews of what others see."""

import itertools
import uuid
from datetime import timedelta

import pytest
from django.utils import timezone

from guilds import access
from guilds.models import Channel, Member, MemberRole, Override, Role, Server, Timeout
from guilds.permissions import Permission, Step
from together.refusals import Forbidden, NotFound

P = Permission


@pytest.fixture
def here(cast):
    return f"/channels/{cast.general.pk}/permissions"


@pytest.fixture
def there(cast):
    return f"/servers/{cast.server.pk}/permissions"


def why(answer, flag):
    assert answer.status_code == 200
    return {name: value for name, value in answer.json()["flags"][flag].items() if value is not None}


def test_every_flag_has_its_reason_and_the_sum_is_what_the_door_says(api, cast, here, there):
    for user in (cast.alice, cast.bob, cast.charlie):
        for path, where in ((here, cast.general), (there, cast.server)):
            answer = api(user).get(f"{path}/@me").json()
            assert answer["user_id"] == str(user.pk)
            assert answer["permissions"] == access.flags(user, where)
            assert set(answer["flags"]) == {flag.name for flag in P}
            allowed = {name for name, decision in answer["flags"].items() if decision["allowed"]}
            assert allowed == {flag.name for flag in access.flags(user, where)}
            assert set(answer["flags"]["SPEAK"]) == {"allowed", "step", "via", "role_id", "role_name", "expires_at"}
            assert api(user).get(f"{path}/{user.pk}").json() == answer


def test_each_step_is_named(api, cast, here, there):
    mine = {"role_id": str(cast.moderator.pk), "role_name": "Moderator"}
    assert why(api(cast.alice).get(f"{there}/@me"), "BAN_MEMBERS") == {"allowed": True, "step": "owner"}
    assert why(api(cast.charlie).get(f"{there}/@me"), "SPEAK") == {"allowed": True, "step": "default"}
    assert why(api(cast.charlie).get(f"{there}/@me"), "BAN_MEMBERS") == {"allowed": False, "step": "default"}
    assert why(api(cast.bob).get(f"{there}/@me"), "MANAGE_SERVER") == {"allowed": True, "step": "role", **mine}

    Channel.objects.filter(pk=cast.general.pk).update(default_deny=P.SEND_MESSAGES)
    denied = {"allowed": False, "step": "channel_default"}
    assert why(api(cast.charlie).get(f"{here}/@me"), "SEND_MESSAGES") == denied
    Override.objects.create(channel=cast.general, role=cast.moderator, allow=P.SEND_MESSAGES)
    lent = {"allowed": True, "step": "role_override", **mine}
    assert why(api(cast.bob).get(f"{here}/@me"), "SEND_MESSAGES") == lent
    Override.objects.create(channel=cast.general, user=cast.bob, deny=P.SEND_MESSAGES)
    own = {"allowed": False, "step": "member_override"}
    assert why(api(cast.bob).get(f"{here}/@me"), "SEND_MESSAGES") == own
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=P.ADMINISTRATOR)
    assert why(api(cast.bob).get(f"{here}/@me"), "SEND_MESSAGES") == {"allowed": True, "step": "administrator"}


def test_what_the_category_says_is_told_as_such(api, cast, here):
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    Channel.objects.filter(pk=cast.general.parent_id).update(default_deny=P.SEND_MESSAGES)
    Override.objects.create(channel=cast.general.parent, role=cast.moderator, allow=P.SEND_MESSAGES)
    charlie = why(api(cast.charlie).get(f"{here}/@me"), "SEND_MESSAGES")
    assert charlie == {"allowed": False, "step": "category", "via": "channel_default"}
    bob = why(api(cast.bob).get(f"{here}/@me"), "SEND_MESSAGES")
    assert (bob["step"], bob["via"], bob["role_name"]) == ("category", "role_override", "Moderator")


def test_a_timeout_is_told_with_its_end(api, cast, here, there):
    ends = timezone.now() + timedelta(hours=1)
    elsewhere = Server.objects.create(name="B", owner=cast.alice)
    for server, user in ((elsewhere, cast.charlie), (cast.server, cast.bob)):
        Timeout.objects.create(server=server, user=user, expires_at="2999-01-01T00:00Z")
    Timeout.objects.create(server=cast.server, user=cast.charlie, expires_at=ends)
    for path in (here, there):
        told = why(api(cast.charlie).get(f"{path}/@me"), "SEND_MESSAGES")
        assert (told["allowed"], told["step"]) == (False, "timed_out")
        assert told["expires_at"] == ends.isoformat().replace("+00:00", "Z")
        assert "expires_at" not in why(api(cast.charlie).get(f"{path}/@me"), "VIEW_CHANNEL")


def test_of_others_it_takes_manage_roles(api, cast, here, there):
    for path in (here, there):
        refused = api(cast.bob).get(f"{path}/{cast.charlie.pk}")
        assert (refused.status_code, "MANAGE_ROLES" in refused.json()["error"]) == (403, True)
        assert api(cast.bob).get(f"{path}/{cast.bob.pk}").status_code == 200
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=P.MANAGE_ROLES)
    for path, where in ((here, cast.general), (there, cast.server)):
        answer = api(cast.bob).get(f"{path}/{cast.charlie.pk}").json()
        assert (answer["user_id"], answer["permissions"]) == (str(cast.charlie.pk), access.flags(cast.charlie, where))
        for nobody in (cast.mallory.pk, uuid.uuid4()):
            assert api(cast.bob).get(f"{path}/{nobody}").status_code == 404
        assert api(cast.bob).get(f"{path}/me").status_code == 400


def test_who_does_not_see_a_channel_is_explained_to_those_who_do(api, cast):
    at = f"/channels/{cast.secret.pk}/permissions"
    told = api(cast.alice).get(f"{at}/{cast.charlie.pk}")
    assert told.json()["permissions"] == 0
    assert why(told, "VIEW_CHANNEL") == {"allowed": False, "step": "channel_default"}
    assert why(told, "SEND_MESSAGES") == {"allowed": False, "step": "no_view"}
    unknown = api(cast.charlie).get(f"/channels/{uuid.uuid4()}/permissions/@me")
    assert (unknown.status_code, api(cast.charlie).get(f"{at}/@me").json()) == (404, unknown.json())
    assert api(cast.charlie).get(f"/channels/{cast.general.parent_id}/permissions/@me").status_code == 404


def test_strangers_are_told_nothing(api, cast, here, there):
    for path in (here, there):
        assert api(cast.mallory).get(f"{path}/@me").status_code == 404
        assert api(cast.mallory).get(f"{path}/{cast.mallory.pk}").status_code == 404
        assert api().get(f"{path}/@me").status_code == 401


def test_of_a_category_the_explanation_says_what_is_enforced(cast, api):
    """Whether it is seen is decided by what is in it, whatever its own rules say."""
    text = cast.general.parent
    assert access.why(cast.charlie, text)[P.VIEW_CHANNEL].step == Step.DEFAULT
    Channel.objects.filter(pk=text.pk).update(default_deny=P.VIEW_CHANNEL)
    assert access.why(cast.charlie, text)[P.VIEW_CHANNEL] == (True, Step.CONTENT, None, None)
    for deny, holds_a_channel in itertools.product((0, P.VIEW_CHANNEL, P.SEND_MESSAGES), (True, False)):
        Channel.objects.filter(pk=text.pk).update(default_deny=deny)
        Channel.objects.filter(pk=cast.general.pk).update(parent=text if holds_a_channel else None)
        for user in (cast.alice, cast.bob, cast.charlie):
            decisions = access.why(user, text)
            assert {flag for flag, one in decisions.items() if one.allowed} == set(access.flags(user, text)), (
                user,
                deny,
                holds_a_channel,
            )
            assert list(decisions) == list(P)
    # The last: it denies nobody sight, and charlie sees nothing in it.
    assert access.why(cast.charlie, text)[P.VIEW_CHANNEL] == (False, Step.CONTENT, None, None)
    assert access.why(cast.charlie, text)[P.SPEAK] == (False, Step.NO_VIEW, None, None)


# -- previews ----------------------------------------------------------------------------------------------


def shown(*question, **whom):
    return {channel.name: flags for channel, flags in access.preview(*question, **whom)}


def test_a_preview_shows_what_a_role_or_a_member_sees_and_may_do(cast):
    plain = Role.objects.create(server=cast.server, name="Plain")
    assert set(shown(cast.alice, cast.server, role=plain)) == {"general"}
    assert set(shown(cast.alice, cast.server, role=cast.moderator)) == {"general", "secret"}
    for user in (cast.alice, cast.bob, cast.charlie):
        member = Member.objects.get(server=cast.server, user=user)
        seen = shown(cast.alice, cast.server, member=member)
        assert seen == {
            channel.name: access.flags(user, channel)
            for channel in (cast.general, cast.secret)
            if access.can(user, P.VIEW_CHANNEL, channel)
        }


def test_a_preview_never_shows_what_the_one_who_looks_does_not_see(cast):
    watcher = Role.objects.create(server=cast.server, name="Watcher", permissions=P.MANAGE_ROLES)
    MemberRole.objects.create(member=Member.objects.get(server=cast.server, user=cast.charlie), role=watcher)
    assert set(shown(cast.charlie, cast.server, role=cast.moderator)) == {"general"}
    alice = Member.objects.get(server=cast.server, user=cast.alice)
    assert set(shown(cast.charlie, cast.server, member=alice)) == {"general"}


def test_a_preview_takes_manage_roles_and_stays_in_its_server(cast):
    charlie = Member.objects.get(server=cast.server, user=cast.charlie)
    with pytest.raises(Forbidden):
        access.preview(cast.bob, cast.server, role=cast.moderator)
    with pytest.raises(Forbidden):
        access.preview(cast.bob, cast.server, member=charlie)
    assert set(shown(cast.charlie, cast.server, member=charlie)) == {"general"}
    elsewhere = Server.objects.create(name="B", owner=cast.alice)
    Member.objects.create(user=cast.alice, server=elsewhere)
    for whom in ({"role": cast.moderator}, {"member": charlie}, {}):
        with pytest.raises(NotFound):
            access.preview(cast.alice, elsewhere, **whom)
