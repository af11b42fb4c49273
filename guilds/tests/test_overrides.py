"""GET, PUT and DELETE /channels/{id}/overrides: by those with MANAGE_CHANNELS there."""

import uuid

import pytest

from guilds import access
from guilds.actions import overrides
from guilds.models import Channel, Override, Role, Server
from guilds.permissions import Permission
from together.audit.entry import AuditEntry

P = Permission


@pytest.fixture
def path(cast):
    return f"/channels/{cast.general.pk}/overrides"


@pytest.fixture
def junior(cast):
    return Role.objects.create(server=cast.server, name="Junior", position=0)


def of_role(role, allow=0, deny=0):
    return {"role_id": str(role.pk), "allow": int(allow), "deny": int(deny)}


def of_user(user, allow=0, deny=0):
    return {"user_id": str(user.pk), "allow": int(allow), "deny": int(deny)}


@pytest.mark.parametrize("who", ["alice", "bob"])
def test_who_may_sets_one_and_those_who_see_the_channel_hear_of_it(api, cast, path, junior, told, frames, who):
    answer = api(getattr(cast, who)).put(path, of_role(junior, P.MANAGE_MESSAGES, P.SEND_MESSAGES))
    assert answer.status_code == 200
    assert answer.json() == {
        "id": answer.json()["id"],
        "channel_id": str(cast.general.pk),
        "role_id": str(junior.pk),
        "user_id": None,
        "allow": 4,
        "deny": 2,
    }
    assert api(cast.charlie).get(path).json() == [answer.json()]
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"server:{cast.server.pk}"]),
        ("CHANNEL_OVERRIDE_UPDATE", [f"channel:{cast.general.pk}"]),
    ]
    assert frames()[-1].d == answer.json()
    entry = AuditEntry.objects.get(action="channel_override_update")
    assert (entry.target_type, entry.target_id, entry.channel_id) == ("channel", cast.general.pk, cast.general.pk)
    assert entry.details == {
        "override_id": answer.json()["id"],
        "role_id": str(junior.pk),
        "user_id": None,
        "allow": 4,
        "deny": 2,
    }
    assert (entry.before, entry.after) == ({}, {"allow": 4, "deny": 2})


def test_setting_it_again_keeps_its_id_and_the_same_again_is_no_news(api, cast, path, told):
    first = api(cast.bob).put(path, of_user(cast.charlie, deny=P.SEND_MESSAGES)).json()
    assert not access.can(cast.charlie, P.SEND_MESSAGES, cast.general)
    second = api(cast.bob).put(path, of_user(cast.charlie, allow=P.SEND_MESSAGES)).json()
    assert second == {**first, "allow": 2, "deny": 0}
    told()
    assert api(cast.bob).put(path, of_user(cast.charlie, allow=P.SEND_MESSAGES)).json() == second
    assert told() == []
    assert AuditEntry.objects.filter(action="channel_override_update").count() == 2


def test_one_that_says_nothing_is_kept(api, cast, path, junior):
    made = api(cast.bob).put(path, of_role(junior)).json()
    assert (made["allow"], made["deny"]) == (0, 0)
    assert api(cast.bob).get(path).json() == [made]


def test_one_is_taken_away_once(api, cast, path, told, frames):
    made = api(cast.bob).put(path, of_user(cast.charlie, deny=P.SEND_MESSAGES)).json()
    told(), frames()
    answer = api(cast.bob).delete(f"{path}/{made['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert access.can(cast.charlie, P.SEND_MESSAGES, cast.general)
    assert [(event.name, event.audiences) for event in told()] == [
        ("CHANNEL_OVERRIDE_DELETE", [f"channel:{cast.general.pk}"]),
        ("@access_changed", [f"server:{cast.server.pk}"]),
    ]
    assert frames()[0].d == {"channel_id": str(cast.general.pk), "override_id": made["id"]}
    entry = AuditEntry.objects.get(action="channel_override_delete")
    assert entry.details == {"override_id": made["id"]}
    assert entry.before == {"role_id": None, "user_id": str(cast.charlie.pk), "allow": 0, "deny": 2}
    assert api(cast.bob).delete(f"{path}/{made['id']}").status_code == 404


def test_one_of_another_channel_is_not_found(api, cast, path):
    [other] = cast.secret.overrides.all()
    assert api(cast.alice).delete(f"{path}/{other.pk}").status_code == 404
    assert api(cast.alice).delete(f"/channels/{cast.secret.pk}/overrides/{other.pk}").status_code == 204


def test_they_are_listed_by_role_and_then_by_person(api, cast, path, junior):
    for body in (of_user(cast.charlie), of_user(cast.bob), of_role(junior), of_role(cast.moderator)):
        assert api(cast.alice).put(path, body).status_code == 200
    shown = [(row["role_id"], row["user_id"]) for row in api(cast.charlie).get(path).json()]
    assert [role for role, _ in shown[:2]] == sorted(str(role.pk) for role in (junior, cast.moderator))
    assert [user for _, user in shown[2:]] == sorted(str(user.pk) for user in (cast.bob, cast.charlie))


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"role_id": None}, 400),
        ({"user_id": "c0ffee00-0000-4000-8000-000000000000"}, 400),
        ({"allow": 3, "deny": 6}, 400),
        ({"allow": -1}, 400),
        ({"deny": 65536}, 400),
        ({"allow": int(P.ADMINISTRATOR)}, 400),
        ({"deny": int(P.KICK_MEMBERS)}, 400),
        ({"allow": None}, 422),
        ({"deny": "0"}, 422),
        ({"allow": 2**63}, 422),
        ({"role_id": "Junior"}, 422),
        ({"role": "x"}, 422),
    ],
)
def test_bad_values_are_refused_before_anything_is_looked_up(api, cast, path, junior, change, status):
    for user in (cast.alice, cast.charlie, cast.mallory):
        assert api(user).put(path, {**of_role(junior), **change}).status_code == status
    assert api(cast.alice).put(path, {"role_id": str(junior.pk), "allow": 0}).status_code == 422
    assert not cast.general.overrides.exists()


def test_only_roles_and_members_of_the_server_are_spoken_of(api, cast, path, junior):
    elsewhere = Server.objects.create(name="Elsewhere", owner=cast.alice)
    foreign = Role.objects.create(server=elsewhere, name="Foreign")
    for body in (of_role(foreign), of_user(cast.mallory), {**of_role(junior), "role_id": str(uuid.uuid4())}):
        assert api(cast.alice).put(path, body).status_code == 404
    for body in (of_role(junior), of_user(cast.charlie)):
        assert api(cast.alice).put(path, body).status_code == 200


def test_only_flags_that_one_holds_there_are_given_or_taken(api, cast, path, junior):
    for given in ({"allow": P.MUTE_MEMBERS}, {"deny": P.MUTE_MEMBERS}):
        refused = api(cast.bob).put(path, of_role(junior, **given))
        assert (refused.status_code, "MUTE_MEMBERS" in refused.json()["error"]) == (403, True)
    made = api(cast.alice).put(path, of_role(junior, P.MUTE_MEMBERS)).json()
    assert api(cast.bob).delete(f"{path}/{made['id']}").status_code == 403
    # What stays need not be held.
    assert api(cast.bob).put(path, of_role(junior, P.MUTE_MEMBERS | P.SPEAK)).status_code == 200


def test_nobody_lends_themselves_anything(api, cast, path):
    refused = api(cast.bob).put(path, of_user(cast.bob, allow=P.MANAGE_MESSAGES))
    assert refused.status_code == 403
    assert api(cast.bob).put(path, of_user(cast.charlie, allow=P.MANAGE_MESSAGES)).status_code == 200


def test_what_one_was_lent_one_may_give_up(api, cast, path):
    own = Override.objects.create(channel=cast.general, user=cast.bob, allow=P.VIEW_CHANNEL, deny=P.MUTE_MEMBERS)
    assert api(cast.bob).delete(f"{path}/{own.pk}").status_code == 403
    own.deny = 0
    own.save()
    assert api(cast.bob).delete(f"{path}/{own.pk}").status_code == 204


def test_it_takes_the_permission_there_and_what_is_hidden_stays_hidden(api, cast, path, junior, told):
    charlie = api(cast.charlie)
    refused = charlie.put(path, of_role(junior))
    assert (refused.status_code, "MANAGE_CHANNELS" in refused.json()["error"]) == (403, True)
    assert charlie.delete(f"{path}/{uuid.uuid4()}").status_code == 403
    hidden = f"/channels/{cast.secret.pk}/overrides"
    unknown = f"/channels/{uuid.uuid4()}/overrides"
    for at in (hidden, unknown):
        assert charlie.get(at).json() == charlie.get(unknown).json()
        assert charlie.get(at).status_code == 404
        assert charlie.put(at, of_role(junior)).status_code == 404
        assert charlie.delete(f"{at}/{uuid.uuid4()}").status_code == 404
    assert api(cast.mallory).get(path).status_code == api(cast.mallory).put(path, of_role(junior)).status_code == 404
    assert api().get(path).status_code == api().put(path, of_role(junior)).status_code == 401
    assert charlie.get(path).status_code == 200
    assert told() == []
    # It may hold in one channel only.
    Override.objects.create(channel=cast.general, user=cast.charlie, allow=P.MANAGE_CHANNELS)
    Role.objects.filter(pk=junior.pk).update(position=-1)
    assert charlie.put(path, of_role(junior, P.SPEAK)).status_code == 200


def test_a_channel_has_so_many_overrides_and_no_more(api, cast, path, junior, monkeypatch):
    monkeypatch.setattr(overrides, "MAX_OVERRIDES", 1)
    assert api(cast.alice).put(path, of_role(junior)).status_code == 200
    assert api(cast.alice).put(path, of_user(cast.charlie)).status_code == 400
    assert api(cast.alice).put(path, of_role(junior, P.SPEAK)).status_code == 200


# -- categories, and what inherits from them ---------------------------------------------------------------


@pytest.fixture
def text(cast, junior):
    """A category with a rule for the juniors; #general inherits it."""
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    Override.objects.create(channel=cast.general.parent, role=junior, deny=P.SPEAK)
    return cast.general.parent


def test_what_a_category_says_counts_where_it_is_inherited(api, cast, text, path):
    at = f"/channels/{text.pk}/overrides"
    made = api(cast.bob).put(at, of_user(cast.charlie, deny=P.SEND_MESSAGES))
    assert made.status_code == 200
    assert not access.can(cast.charlie, P.SEND_MESSAGES, cast.general)
    shown, there = api(cast.charlie).get(path).json(), api(cast.charlie).get(at).json()
    assert shown == [{**row, "channel_id": str(cast.general.pk)} for row in there]
    assert len(there) == 2


def test_setting_one_gives_the_channel_a_copy_of_the_categorys_first(api, cast, text, path, told):
    answer = api(cast.bob).put(path, of_user(cast.charlie, deny=P.SEND_MESSAGES))
    assert answer.status_code == 200
    cast.general.refresh_from_db()
    assert (cast.general.inherits, cast.general.overrides.count(), text.overrides.count()) == (False, 2, 1)
    assert [event.name for event in told()] == ["CHANNEL_UPDATE", "@access_changed", "CHANNEL_OVERRIDE_UPDATE"]


def test_a_lent_one_is_taken_away_in_the_channel_alone(api, cast, text, path, junior):
    [lent] = api(cast.bob).get(path).json()
    assert api(cast.bob).delete(f"{path}/{lent['id']}").status_code == 204
    assert api(cast.bob).get(path).json() == []
    assert text.overrides.count() == 1
    cast.general.refresh_from_db()
    assert cast.general.inherits is False


def test_the_first_frame_of_a_socket_shows_those_that_count(cast, text, junior):
    from together.gateway.ready import ready

    shown = ready(cast.charlie, access.seen_everywhere(cast.charlie))["channel_overrides"]
    assert set(shown) == {str(cast.general.pk), str(text.pk)}
    [row] = shown[str(cast.general.pk)]
    assert (row["channel_id"], row["role_id"], row["deny"]) == (str(cast.general.pk), str(junior.pk), P.SPEAK)


def test_an_empty_override_is_one_too(api, cast, path, junior):
    assert api(cast.bob).put(path, of_user(cast.alice)).status_code == 403
    assert api(cast.bob).put(path, {**of_user(cast.alice), "allow": 0, "deny": 0}).status_code == 403
    assert api(cast.bob).put(path, {**of_role(junior), "allow": 0, "deny": 0}).status_code == 200
