"""POST /servers: a server of one's own."""

import uuid

import pytest

from guilds.actions import servers
from guilds.models import Channel, Member, Role, Server


def test_whoever_makes_a_server_owns_it_and_is_its_first_member(api, cast, told):
    answer = api(cast.mallory).post("/servers", {"name": "Book Club"})

    assert answer.status_code == 201
    made = answer.json()
    assert set(made) == {
        "id", "name", "owner_id", "icon_url", "is_public", "require_invite", "joins_locked",
        "default_permissions", "member_count", "created_at", "updated_at",
    }  # fmt: skip
    assert (made["name"], made["owner_id"], made["member_count"]) == ("Book Club", str(cast.mallory.pk), 1)
    assert (made["icon_url"], made["is_public"], made["require_invite"]) == (None, False, False)
    assert api(cast.mallory).get(f"/servers/{made['id']}").json() == made
    assert Member.objects.filter(server=made["id"]).count() == 1


def test_it_has_neither_channels_nor_roles(api, cast):
    made = api(cast.alice).post("/servers", {"name": "Book Club"}).json()
    assert not Channel.objects.filter(server=made["id"]).exists()
    assert not Role.objects.filter(server=made["id"]).exists()


def test_its_owner_hears_of_it(api, cast, told):
    made = api(cast.alice).post("/servers", {"name": "Book Club"}).json()
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"user:{cast.alice.pk}"]),
        ("MEMBER_JOIN", [f"server:{made['id']}"]),
    ]


def test_everything_can_be_said_at_once(api, cast):
    wanted = {"name": "B", "icon_url": "https://example.org/i.png", "is_public": True, "require_invite": True}
    made = api(cast.alice).post("/servers", wanted).json()
    assert {name: made[name] for name in wanted} == wanted


def test_null_is_the_same_as_leaving_out(api, cast):
    body = {"name": "B", "icon_url": None, "is_public": None, "require_invite": None, "template_id": None}
    made = api(cast.alice).post("/servers", body)
    assert made.status_code == 201
    assert made.json()["is_public"] is False


@pytest.mark.parametrize(
    ("sent", "kept"), [("  Book Club ", "Book Club"), ("n" * 100, "n" * 100), ("🎲" * 100, "🎲" * 100)]
)
def test_names_are_trimmed_and_may_have_100_characters(api, cast, sent, kept):
    assert api(cast.alice).post("/servers", {"name": sent}).json()["name"] == kept


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "   "),
        ("name", "\u200b\u202e"),
        ("name", "n" * 101),
        ("name", "a\x00b"),
        ("name", "a\nb"),
        ("icon_url", ""),
        ("icon_url", "nonsense"),
        ("icon_url", "javascript:alert(1)"),
    ],
)
def test_values_that_break_a_rule_are_400(api, cast, field, value):
    answer = api(cast.alice).post("/servers", {"name": "B", field: value})
    assert (answer.status_code, set(answer.json()["fields"])) == (400, {field})


@pytest.mark.parametrize(
    "body", [{}, {"name": None}, {"name": 5}, {"name": "B", "is_public": "yes"}, {"name": "B", "template_id": "x"}, []]
)
def test_a_body_of_the_wrong_shape_is_422(api, cast, body):
    assert api(cast.alice).post("/servers", body).status_code == 422


def test_an_unknown_template_is_400(api, cast):
    answer = api(cast.alice).post("/servers", {"name": "B", "template_id": str(uuid.uuid4())})
    assert answer.status_code == 400
    assert Server.objects.count() == 1


def test_nobody_makes_a_server_without_being_signed_in(api, db):
    assert api().post("/servers", {"name": "B"}).status_code == 401
    assert not Server.objects.exists()


def test_a_person_owns_so_many_servers_and_no_more(api, cast, monkeypatch):
    monkeypatch.setattr(servers, "MAX_OWNED", 2)
    statuses = [api(cast.alice).post("/servers", {"name": "B"}).status_code for _ in range(2)]
    assert statuses == [201, 400]
    assert api(cast.bob).post("/servers", {"name": "B"}).status_code == 201
