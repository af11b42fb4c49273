"""GET /servers, /servers/browse and /servers/{id}: which servers one sees."""

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from guilds.actions import delete_server
from guilds.models import Member, Server


def make(owner, name, *members, **fields):
    server = Server.objects.create(name=name, owner=owner, **fields)
    for user in (owner, *members):
        Member.objects.create(user=user, server=server)
    return server


def names(answer):
    return [server["name"] for server in answer.json()]


def test_one_s_own_servers_are_listed_the_oldest_first_with_their_size(api, cast):
    make(cast.charlie, "Later", cast.bob)
    make(cast.mallory, "Foreign")
    answer = api(cast.bob).get("/servers")
    assert answer.status_code == 200
    assert [(server["name"], server["member_count"]) for server in answer.json()] == [("Gaming Squad", 3), ("Later", 2)]


def test_who_is_in_none_gets_an_empty_list(api, cast):
    assert api(cast.mallory).get("/servers").json() == []


def test_public_servers_are_found_by_everyone_the_largest_first(api, cast):
    make(cast.alice, "Small", is_public=True)
    make(cast.alice, "Large", cast.bob, is_public=True)
    make(cast.alice, "Private")
    make(cast.alice, "Small too, newer", is_public=True, require_invite=True)
    assert names(api(cast.mallory).get("/servers/browse")) == ["Large", "Small too, newer", "Small"]


def test_at_most_fifty_are_shown(api, cast):
    for number in range(51):
        make(cast.alice, f"s{number}", is_public=True)
    assert len(names(api(cast.mallory).get("/servers/browse"))) == 50


def test_one_server_is_shown_to_its_members(api, cast):
    answer = api(cast.charlie).get(f"/servers/{cast.server.pk}")
    assert answer.status_code == 200
    assert (answer.json()["id"], answer.json()["member_count"]) == (str(cast.server.pk), 3)


@pytest.mark.parametrize("public", [False, True])
def test_to_strangers_it_is_as_if_it_did_not_exist(api, cast, public):
    Server.objects.update(is_public=public)
    hidden = api(cast.mallory).get(f"/servers/{cast.server.pk}")
    unknown = api(cast.mallory).get(f"/servers/{uuid.uuid4()}")
    assert hidden.status_code == unknown.status_code == 404
    assert hidden.json() == unknown.json()


def test_a_deleted_one_is_nowhere(api, cast):
    public = make(cast.alice, "Public", is_public=True)
    delete_server(actor=cast.alice, server=public)
    assert names(api(cast.alice).get("/servers")) == ["Gaming Squad"]
    assert names(api(cast.alice).get("/servers/browse")) == []
    assert api(cast.alice).get(f"/servers/{public.pk}").status_code == 404


def test_something_that_is_no_id_is_400(api, cast):
    assert api(cast.alice).get("/servers/mine").status_code == 400


@pytest.mark.parametrize("path", ["/servers", "/servers/browse", f"/servers/{uuid.UUID(int=1)}", "/servers/nonsense"])
def test_nobody_sees_any_without_being_signed_in(api, db, path):
    assert api().get(path).status_code == 401


@pytest.mark.parametrize("count", [1, 50])
@pytest.mark.parametrize("path", ["/servers", "/servers/browse"])
def test_listing_costs_the_same_whatever_the_number(api, cast, path, count):
    owner = User.objects.create(username="owner")
    for number in range(count):
        make(owner, f"s{number}", cast.mallory, is_public=True)
    mallory = api(cast.mallory)
    with CaptureQueriesContext(connection) as queries:
        assert len(mallory.get(path).json()) == count
    assert len(queries) == 2


def test_discovery_can_be_searched_by_a_part_of_the_name(api, cast):
    for name in ("Chess Club", "100% Cats", "Private Chess"):
        Server.objects.create(name=name, owner=cast.alice, is_public=not name.startswith("Private"))
    mallory = api(cast.mallory)

    def found(search):
        return {server["name"] for server in mallory.get("/servers/browse", {"search": search}).json()}

    assert found("cHess") == {"Chess Club"}
    assert found("%") == {"100% Cats"}
    assert found("") == {"Chess Club", "100% Cats"}
    assert mallory.get("/servers/browse", {"search": "a" * 101}).status_code == 400
    assert mallory.get("/servers/browse", {"search": "\x00"}).status_code == 400
