"""PUT /servers/{id}/roles/order, /channels/order and /categories/order."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guilds import access
from guilds.actions import reorder_channels
from guilds.models import Channel, MemberRole, Override, Role
from guilds.permissions import Permission
from together.audit.entry import AuditEntry

P = Permission

HIDE = P.VIEW_CHANNEL | P.MANAGE_CHANNELS


# -- roles -------------------------------------------------------------------------------------------------


@pytest.fixture
def roles(cast):
    """From the highest: top, moderator (bob's, who may manage roles), b, a."""
    Role.objects.filter(pk=cast.moderator.pk).update(permissions=P.MANAGE_ROLES, position=30)
    make = lambda name, position: Role.objects.create(server=cast.server, name=name, position=position)  # noqa: E731
    return {"top": make("top", 40), "mod": cast.moderator, "b": make("b", 20), "a": make("a", 10)}


def put(api, user, cast, roles, *names):
    return api(user).put(
        f"/servers/{cast.server.pk}/roles/order", {"role_ids": [str(roles[name].pk) for name in names]}
    )


def test_the_owner_orders_all_and_those_that_moved_are_told_of(api, cast, roles, told):
    Role.objects.filter(pk=roles["a"].pk).update(position=2)
    answer = put(api, cast.alice, cast, roles, "mod", "b", "a", "top")
    assert [(role["name"], role["position"]) for role in answer.json()] == [
        ("Moderator", 4),
        ("b", 3),
        ("a", 2),
        ("top", 1),
    ]
    assert api(cast.charlie).get(f"/servers/{cast.server.pk}/roles").json() == answer.json()
    assert [(event.name, event.audiences) for event in told()] == [("ROLE_UPDATE", [f"server:{cast.server.pk}"])] * 3
    entry = AuditEntry.objects.get(action="role_reorder")
    assert entry.before == {"role_ids": [str(roles[name].pk) for name in ("top", "mod", "b", "a")]}
    assert entry.after == {"role_ids": [str(roles[name].pk) for name in ("mod", "b", "a", "top")]}
    assert put(api, cast.alice, cast, roles, "mod", "b", "a", "top").json() == answer.json()
    assert told() == []
    assert AuditEntry.objects.count() == 1


def test_others_order_what_is_below_them_as_a_whole(api, cast, roles):
    for wrong in (
        ("mod", "top", "b", "a"),
        ("top", "b", "mod", "a"),
        ("b", "top", "mod", "a"),
        ("top", "b", "a", "mod"),
    ):
        assert put(api, cast.bob, cast, roles, *wrong).status_code == 403
    assert [role.position for role in cast.server.roles.in_order()] == [40, 30, 20, 10]
    answer = put(api, cast.bob, cast, roles, "top", "mod", "a", "b")
    assert [role["name"] for role in answer.json()] == ["top", "Moderator", "a", "b"]


def test_who_is_level_above_stays_level(api, cast, roles):
    """Else an order of what is below would decide between those above."""
    Role.objects.filter(pk=roles["top"].pk).update(position=30, created_at="2020-01-01T00:00Z")
    assert put(api, cast.bob, cast, roles, "top", "mod", "a", "b").status_code == 200
    assert [role.position for role in cast.server.roles.in_order()] == [3, 3, 2, 1]


@pytest.mark.parametrize("names", [("top", "mod", "b"), ("top", "mod", "b", "a", "a"), ("top", "mod", "b", "b"), ()])
def test_an_order_names_each_role_once(api, cast, roles, names):
    assert put(api, cast.alice, cast, roles, *names).status_code == 400
    unknown = {**roles, "a": Role(pk=uuid.uuid4())}
    assert put(api, cast.alice, cast, unknown, "top", "mod", "b", "a").status_code == 400
    assert put(api, cast.alice, cast, roles, "top", "mod", "b", "a").status_code == 200


@pytest.mark.parametrize(
    ("kind", "bodies"),
    [
        (
            "roles",
            [{}, {"role_ids": None}, {"role_ids": "x"}, {"role_ids": {}}, {"role_ids": ["x"]}, {"role_ids": [1]}],
        ),
        ("channels", [{}, {"channels": 1}, {"channels": ["x"]}, {"channels": [{}]}, {"channels": [{"id": 1}]}]),
        ("categories", [{}, {"category_ids": "x"}, {"category_ids": [None]}]),
    ],
)
def test_what_is_no_order_is_refused_before_anything_is_looked_up(api, cast, kind, bodies):
    for user in (cast.alice, cast.mallory):
        client = api(user)
        for body in bodies:
            assert client.put(f"/servers/{cast.server.pk}/{kind}/order", body).status_code == 422


def test_it_takes_the_permission_and_strangers_are_told_nothing(api, cast, roles, told):
    bodies = {
        "roles": {"role_ids": [str(role.pk) for role in roles.values()]},
        "channels": {"channels": [{"id": str(cast.general.pk)}]},
        "categories": {"category_ids": [str(cast.general.parent_id)]},
    }
    for kind, body in bodies.items():
        at = f"/servers/{cast.server.pk}/{kind}/order"
        refused = api(cast.charlie).put(at, body)
        assert (refused.status_code, "MANAGE_" in refused.json()["error"]) == (403, True)
        assert api(cast.mallory).put(at, body).status_code == 404
        assert api().put(at, body).status_code == 401
    assert told() == []


# -- channels ----------------------------------------------------------------------------------------------


@pytest.fixture
def channels(cast):
    """general, secret, vault (which bob does not see) and last, in this order; News is a second category."""
    Role.objects.filter(pk=cast.moderator.pk).update(position=1)
    make = lambda name, place, **more: Channel.objects.create(  # noqa: E731
        server=cast.server, name=name, position=place, **more
    )
    return {
        "general": cast.general,
        "secret": cast.secret,
        "vault": make("vault", 2, default_deny=P.VIEW_CHANNEL),
        "last": make("last", 3),
        "News": make("News", 1, type="category"),
    }


def arrange(api, user, cast, channels, *names, **moves):
    wanted = [
        {"id": str(channels[name].pk), **({"category_id": moves[name]} if name in moves else {})} for name in names
    ]
    return api(user).put(f"/servers/{cast.server.pk}/channels/order", {"channels": wanted})


def names(cast):
    return [channel.name for channel in Channel.objects.filter(server=cast.server).listed()]


def test_one_orders_what_one_sees_and_the_rest_keeps_its_place(api, cast, channels, told):
    answer = arrange(api, cast.bob, cast, channels, "last", "general", "secret")
    assert [channel["name"] for channel in answer.json()] == ["last", "general", "secret"]
    assert names(cast) == ["last", "general", "vault", "secret"]
    assert [(event.name, event.audiences) for event in told()] == [
        ("CHANNEL_UPDATE", [f"channel:{channels[name].pk}"]) for name in ("last", "general", "secret")
    ]
    entry = AuditEntry.objects.get(action="channel_reorder")
    # Not which: some who read it do not see them all.
    assert (entry.details, entry.before, entry.after) == ({"count": 3}, {}, {})
    assert arrange(api, cast.bob, cast, channels, "last", "general", "secret").json() == answer.json()
    assert told() == []
    assert AuditEntry.objects.count() == 1


def test_an_order_names_each_channel_that_one_sees_once(api, cast, channels):
    for wrong in (
        ("general", "secret"),
        ("general", "secret", "last", "vault"),
        ("general", "secret", "last", "last"),
        ("general", "secret", "last", "News"),
    ):
        assert arrange(api, cast.bob, cast, channels, *wrong).status_code == 400
    assert names(cast) == ["general", "secret", "vault", "last"]
    assert arrange(api, cast.alice, cast, channels, "vault", "general", "secret", "last").status_code == 200
    assert names(cast)[0] == "vault"


def test_channels_are_moved_into_other_categories_on_the_way(api, cast, channels, told):
    news = str(channels["News"].pk)
    answer = arrange(api, cast.bob, cast, channels, "general", "secret", "last", general=None, last=news)
    assert [channel["category_id"] for channel in answer.json()] == [None, str(cast.secret.parent_id), news]
    assert [event.name for event in told()] == ["@access_changed", "CHANNEL_UPDATE", "CHANNEL_UPDATE"]
    moved = {entry.target_id: entry for entry in AuditEntry.objects.filter(action="channel_update")}
    assert set(moved) == {cast.general.pk, channels["last"].pk}
    assert moved[channels["last"].pk].after == {"category_id": news}
    assert moved[channels["last"].pk].channel_id == channels["last"].pk


def test_a_move_opens_nothing_and_takes_what_moving_takes(api, cast, channels):
    Channel.objects.filter(pk=cast.general.parent_id).update(default_deny=P.SEND_MESSAGES)
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    order = ("secret", "general", "last")
    assert arrange(api, cast.bob, cast, channels, *order, general=None).status_code == 200
    assert not access.can(cast.charlie, P.SEND_MESSAGES, Channel.objects.get(pk=cast.general.pk))
    # What one may not move does not move, and neither does anything else.
    held = names(cast)
    Override.objects.create(channel=channels["last"], role=cast.moderator, deny=P.MANAGE_CHANNELS)
    news = str(channels["News"].pk)
    for wrong, status in ((news, 403), (str(uuid.uuid4()), 403)):
        assert arrange(api, cast.bob, cast, channels, "general", "last", "secret", last=wrong).status_code == status
    assert arrange(api, cast.bob, cast, channels, *order, secret=str(uuid.uuid4())).status_code == 404
    assert names(cast) == held
    assert arrange(api, cast.alice, cast, channels, "vault", *order, last=news).status_code == 200


def test_a_move_that_changes_what_counts_in_a_channel_takes_what_changing_it_takes(api, cast, channels):
    news, order = channels["News"], ("general", "secret", "last")
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)

    def move(user):
        return arrange(api, user, cast, channels, *order, general=str(news.pk)).status_code

    # A flag that bob lacks, and then an override of somebody above him.
    Channel.objects.filter(pk=news.pk).update(default_allow=P.MUTE_MEMBERS)
    assert move(cast.bob) == 403
    Override.objects.create(channel=news, user=cast.alice, allow=P.VIEW_CHANNEL)
    Channel.objects.filter(pk=news.pk).update(default_allow=0, default_deny=P.SEND_MESSAGES)
    assert move(cast.bob) == 403
    Override.objects.filter(channel=news).delete()
    assert not Channel.objects.filter(parent=news).exists()
    assert move(cast.bob) == 200
    assert not access.can(cast.charlie, P.SEND_MESSAGES, Channel.objects.get(pk=cast.general.pk))


# -- categories --------------------------------------------------------------------------------------------


def test_categories_are_ordered_in_the_same_way(api, cast, told, frames):
    make = lambda name, place, **more: Channel.objects.create(  # noqa: E731
        server=cast.server, name=name, type="category", position=place, **more
    )
    text, hidden, news = cast.general.parent, make("Hidden", 1, default_deny=HIDE), make("News", 2)
    at = f"/servers/{cast.server.pk}/categories/order"
    for wrong in ([text], [text, text], [text, news, hidden], [text, cast.general]):
        assert api(cast.bob).put(at, {"category_ids": [str(one.pk) for one in wrong]}).status_code == 400
    answer = api(cast.bob).put(at, {"category_ids": [str(news.pk), str(text.pk)]})
    assert [category["name"] for category in answer.json()] == ["News", "Text"]
    assert [one.name for one in cast.server.channels.categories()] == ["News", "Hidden", "Text"]
    assert [(event.name, event.audiences) for event in told()] == [
        ("CATEGORY_UPDATE", [f"channel:{news.pk}"]),
        ("CATEGORY_UPDATE", [f"channel:{text.pk}"]),
    ]
    assert [frame.d["position"] for frame in frames()] == [0, 2]
    assert AuditEntry.objects.get(action="category_reorder").details == {"count": 2}


def test_an_order_is_what_ranks_go_by(api, cast, roles):
    """Moved below the others, the moderator commands nobody."""
    put(api, cast.alice, cast, roles, "top", "b", "a", "mod")
    MemberRole.objects.create(member=cast.server.members.get(user=cast.charlie), role=roles["a"])
    at = f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/roles/{roles['a'].pk}"
    assert api(cast.bob).delete(at).status_code == 403
    put(api, cast.alice, cast, roles, "top", "mod", "b", "a")
    assert api(cast.bob).delete(at).status_code == 204


def test_lists_longer_than_a_server_can_have_are_refused_before_they_are_looked_into(api, cast):
    for path, name, most in (
        ("roles", "role_ids", 250),
        ("channels", "channels", 500),
        ("categories", "category_ids", 500),
    ):
        refused = api(cast.alice).put(f"/servers/{cast.server.pk}/{path}/order", {name: [1] * (most + 1)})
        # Not 422, which each of these items would be.
        assert (refused.status_code, set(refused.json()["fields"])) == (400, {name})
        assert api(cast.alice).put(f"/servers/{cast.server.pk}/{path}/order", {name: [1] * most}).status_code == 422


def test_many_moves_take_no_more_queries_than_few(cast, channels):
    """Else the server stands still for as long as somebody sorts it."""
    news, text = channels["News"], cast.general.parent

    def move_all_to(category):
        ids = Channel.objects.filter(server=cast.server).listed().values_list("pk", flat=True)
        with CaptureQueriesContext(connection) as queries:
            reorder_channels(
                actor=cast.alice,
                server=cast.server,
                channels=[{"id": id, "category_id": category.pk} for id in reversed(ids)],
            )
        return len(queries)

    Channel.objects.filter(pk=news.pk).update(default_deny=P.SEND_MESSAGES)
    Channel.objects.create(server=cast.server, name="lent", parent=text, inherits=True)
    few = move_all_to(news)
    for number in range(30):
        Channel.objects.create(server=cast.server, name=str(number), parent=news, inherits=number % 2 == 0)
    assert move_all_to(text) <= few
    moved = Channel.objects.filter(server=cast.server, parent=text)
    assert moved.count() == 35
    entries = AuditEntry.objects.filter(action="channel_update", after__category_id=str(text.pk))
    assert entries.values("channel_id").distinct().count() == 35
