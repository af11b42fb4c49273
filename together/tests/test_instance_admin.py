"""/admin/stats, /admin/settings and /admin/servers: for administrators of the instance."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import InstanceSettings, User
from chat.models import Attachment, Message
from guilds.models import Channel, ChannelType, Member, Server
from together.audit.entry import AuditEntry

SERVER = {
    "id", "name", "owner_id", "owner_username", "icon_url", "is_public", "member_count", "channel_count",
    "message_count", "created_at",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", "/admin/stats"), ("get", "/admin/settings"), ("patch", "/admin/settings"), ("get", "/admin/users"),
        ("get", "/admin/servers"), ("patch", "/admin/users/{user}"), ("delete", "/admin/users/{user}"),
        ("patch", "/admin/users/{nobody}"), ("delete", "/admin/users/{nobody}"), ("delete", "/admin/servers/{server}"),
        ("delete", "/admin/servers/{nobody}"),
    ],
)  # fmt: skip
def test_nobody_but_administrators_gets_in_whether_or_not_it_is_there(api, cast, told, method, path):
    address = path.format(user=cast.charlie.pk, server=cast.server.pk, nobody=uuid.uuid4())
    for user, status in ((cast.bob, 403), (cast.mallory, 403), (None, 401)):
        answer = getattr(api(user), method)(address)
        assert (answer.status_code, set(answer.json())) == (status, {"error"})
    if "{" in path:
        assert getattr(api(cast.alice), method)(path.format(user=7, server=7, nobody=7)).status_code == 400
    assert told() == []


def test_an_administrator_who_is_no_more_is_out_at_once(api, cast):
    alice = api(cast.alice)
    assert alice.get("/admin/stats").status_code == 200
    User.objects.filter(pk=cast.alice.pk).update(is_admin=False)
    assert alice.get("/admin/stats").status_code == 403


def test_the_figures_count_what_is_there(api, cast):
    api(cast.alice).post(f"/channels/{cast.general.pk}/messages", {"content": "a"})
    Message.objects.create(channel=cast.general, content="b", deleted=True)
    whispers = Channel.objects.create(type=ChannelType.DM)
    said = Message.objects.create(channel=whispers, content="c")
    for size in (7, 2**33):
        Attachment.objects.create(message=said, filename="a", file_size=min(size, 50_000_000), mime_type="a/b", url="/")
    gone = Server.objects.create(name="Gone", owner=cast.bob, deleted_at=timezone.now())
    Message.objects.create(channel=Channel.objects.create(server=gone, name="gone"), content="d")

    stats = api(cast.alice).get("/admin/stats").json()

    assert set(stats) == {
        "total_users", "total_servers", "total_messages", "total_channels", "active_ws_connections", "db_latency_ms",
        "storage_bytes", "uptime_secs",
    }  # fmt: skip
    assert all(type(value) is int and value >= 0 for value in stats.values())
    assert (stats["total_users"], stats["total_servers"]) == (4, 1)
    assert (stats["total_channels"], stats["total_messages"]) == (2, 2)
    assert stats["storage_bytes"] == 50_000_007


def test_the_figures_of_an_empty_instance_are_zeros(api):
    root = User.objects.create_superuser("root", "a password of root")
    stats = api(root).get("/admin/stats").json()
    assert (stats["total_users"], stats["total_servers"], stats["storage_bytes"]) == (1, 0, 0)


def test_the_settings_are_shown_before_anybody_decided_anything(api, cast):
    answer = api(cast.alice).get("/admin/settings").json()
    assert (answer["id"], answer["registration_mode"], answer["updated_by"]) == (1, "open", None)
    assert isinstance(answer["updated_at"], str)


def test_who_may_register_is_decided_here_and_logged(api, cast):
    alice = api(cast.alice)
    answer = alice.patch("/admin/settings", {"registration_mode": "closed"})
    assert answer.status_code == 200
    assert (answer.json()["registration_mode"], answer.json()["updated_by"]) == ("closed", str(cast.alice.pk))
    assert alice.get("/admin/settings").json() == answer.json()
    assert api().get("/instance/registration-mode").json() == {"registration_mode": "closed"}
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.server, entry.actor) == ("settings_update", None, cast.alice)
    assert (entry.before, entry.after) == ({"registration_mode": "open"}, {"registration_mode": "closed"})


def test_what_changes_nothing_stays_as_it_is(api, cast):
    alice = api(cast.alice)
    decided = alice.patch("/admin/settings", {"registration_mode": "closed"}).json()
    for body in ({}, {"registration_mode": None}, {"registration_mode": "closed"}):
        assert alice.patch("/admin/settings", body).json() == decided
    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"registration_mode": "x"}, 400), ({"registration_mode": 1}, 422), ({"more": 1}, 422), ([], 422),
        ({"id": 2}, 422), ({"registration_mode": "open", "updated_by": None}, 422),
    ],
)  # fmt: skip
def test_settings_that_are_none_are_refused(api, cast, body, status):
    for user in (cast.alice, cast.bob):
        assert api(user).patch("/admin/settings", body).status_code == status
    assert not InstanceSettings.objects.filter(updated_by__isnull=False).exists()


def test_all_servers_are_listed_the_newest_first_with_their_figures(api, cast):
    Message.objects.create(channel=cast.general, content="a")
    Message.objects.create(channel=cast.secret, content="b", deleted=True)
    private = Server.objects.create(name="Private", owner=cast.mallory)
    Server.objects.create(name="Gone", owner=cast.mallory, deleted_at=timezone.now())

    answer = api(cast.alice).get("/admin/servers", {"sort_by": "name"})

    assert answer.status_code == 200
    found = answer.json()
    assert (found["total"], found["page"], found["per_page"]) == (2, 1, 50)
    assert [server["id"] for server in found["servers"]] == [str(private.pk), str(cast.server.pk)]
    assert set(found["servers"][0]) == SERVER
    assert found["servers"][1] == {
        **found["servers"][1],
        "name": "Gaming Squad",
        "owner_id": str(cast.alice.pk),
        "owner_username": "alice",
        "member_count": 3,
        "channel_count": 2,
        "message_count": 2,
    }
    assert (found["servers"][0]["member_count"], found["servers"][0]["message_count"]) == (0, 0)


@pytest.mark.parametrize(
    ("search", "names"),
    [("", ["a_b", "100%", "Gaming Squad"]), ("  ", ["a_b", "100%", "Gaming Squad"]), ("gaming", ["Gaming Squad"]),
     ("%", ["100%"]), ("_", ["a_b"]), ("zz", [])],
)  # fmt: skip
def test_servers_are_found_by_a_part_of_their_name_as_it_is_written(api, cast, search, names):
    for name in ("100%", "a_b"):
        Server.objects.create(name=name, owner=cast.alice)
    found = api(cast.alice).get("/admin/servers", {"search": search}).json()
    assert [server["name"] for server in found["servers"]] == names
    assert found["total"] == len(names)


def test_any_server_is_deleted_like_by_its_owner(api, cast, told):
    server = Server.objects.create(name="Private", owner=cast.mallory)
    told()
    answer = api(cast.alice).delete(f"/admin/servers/{server.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert [(event.name, event.audiences) for event in told()] == [
        ("SERVER_DELETE", [f"server:{server.pk}"]),
        ("@access_changed", [f"server:{server.pk}"]),
    ]
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor, entry.target_id) == ("server_delete", cast.alice, server.pk)
    for path in (server.pk, uuid.uuid4()):
        assert api(cast.alice).delete(f"/admin/servers/{path}").status_code == 404
    assert api(cast.alice).get(f"/servers/{cast.server.pk}").status_code == 200


def test_the_list_of_servers_takes_the_same_number_of_queries_however_long_it_is(api, cast):
    alice = api(cast.alice)
    counts = []
    for more in (1, 49):
        for number in range(more):
            owner = User.objects.create(username=f"owner {more} {number}")
            server = Server.objects.create(name="s", owner=owner)
            Member.objects.create(server=server, user=owner)
            Message.objects.create(channel=Channel.objects.create(server=server, name="c"), content="m")
        with CaptureQueriesContext(connection) as queries:
            assert len(alice.get("/admin/servers", {"per_page": 100}).json()["servers"]) > more
        counts.append(len(queries))
    assert counts[0] == counts[1] == 3
