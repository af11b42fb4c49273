"""Members by page: their list, their roles and names."""

import pytest

from guilds.models import Member, MemberRole, Role
from guilds.permissions import Permission
from together.testing.cast import Cast
from together.testing.pages import browse, text_of

P = Permission
HX = {"HX-Request": "true"}


def address(cast: Cast, name: str, tail: str = "") -> str:
    return f"/channels/{cast.server.pk}/members/{getattr(cast, name).pk}{tail}"


def held(cast: Cast, name: str) -> set[str]:
    roles = MemberRole.objects.filter(member__user__username=name)
    return set(roles.values_list("role__name", flat=True))


@pytest.fixture
def guests(cast: Cast) -> Role:
    cast.moderator.permissions |= P.MANAGE_ROLES | P.MUTE_MEMBERS
    cast.moderator.save()
    return Role.objects.create(server=cast.server, name="Guests", position=0)


def test_members_are_found_by_name_and_by_role(cast: Cast) -> None:
    client = browse(cast.charlie)
    page = f"/channels/{cast.server.pk}/settings/members"
    Member.objects.filter(user=cast.charlie).update(nickname="Chuck")

    def found(query: str) -> list[str]:
        text = text_of(client.get(page + query)).split('class="sheet')[1]
        return [name for name in ("alice", "bob", "Chuck") if f"<bdi>{name}</bdi></a>" in text]

    assert found("") == ["alice", "bob", "Chuck"]
    assert found("?search=huc") == ["Chuck"]
    assert found("?search=BOB") == ["bob"]
    assert found(f"?role={cast.moderator.pk}") == ["bob"]
    assert found("?search=%00&role=x&page=x") == ["alice", "bob", "Chuck"]


def test_the_list_is_paged(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guilds.views.members.PAGE", 2)
    page = f"/channels/{cast.server.pk}/settings/members"
    client = browse(cast.charlie)
    assert "Page 1 of 2" in text_of(client.get(page))
    assert "charlie</bdi></a>" in text_of(client.get(page + "?search=&role=&page=2")).split('class="sheet')[1]


def test_anybody_may_look_at_a_member(cast: Cast) -> None:
    page = text_of(browse(cast.charlie).get(address(cast, "bob")))
    assert "Moderator" in page
    assert "Moderation" not in page.split('class="sheet')[1]
    fragment = text_of(browse(cast.charlie).get(address(cast, "bob"), headers=HX))
    assert "<html" not in fragment
    assert browse(cast.charlie).get(address(cast, "mallory")).status_code == 404
    assert browse(cast.mallory).get(address(cast, "bob")).status_code == 404


def test_roles_are_given_and_taken(cast: Cast, guests: Role) -> None:
    client = browse(cast.bob)
    wanted = {"role": [str(guests.pk)], "next": f"/channels/{cast.server.pk}/{cast.general.pk}"}
    answer = client.post(address(cast, "charlie", "/roles"), wanted)
    assert answer["Location"] == wanted["next"]
    assert held(cast, "charlie") == {"Guests"}
    assert client.post(address(cast, "charlie", "/roles"), {})["Location"] == address(cast, "charlie")
    assert held(cast, "charlie") == set()
    assert browse(cast.charlie).post(address(cast, "charlie", "/roles"), {"role": str(guests.pk)}).status_code == 403
    assert held(cast, "charlie") == set()


def test_roles_above_are_greyed_stay_and_cannot_be_forged(cast: Cast, guests: Role) -> None:
    powerful = Role.objects.create(server=cast.server, name="Powerful", position=0, permissions=int(P.BAN_MEMBERS))
    client = browse(cast.bob)
    page = text_of(client.get(address(cast, "charlie")))
    assert "This role is not below your own." in page
    assert "It allows what you may not do yourself." in page
    client.post(address(cast, "charlie", "/roles"), {"role": str(guests.pk)})
    assert held(cast, "charlie") == {"Guests"}
    for forged in (cast.moderator, powerful):
        refused = client.post(address(cast, "charlie", "/roles"), {"role": [str(guests.pk), str(forged.pk)]})
        assert refused.status_code == 403
        assert 'data-level="error"' in text_of(refused)
    assert held(cast, "charlie") == {"Guests"}
    # What is greyed does not come back with the form, and stays.
    client.post(address(cast, "bob", "/roles"), {"role": str(guests.pk)})
    assert held(cast, "bob") == {"Guests", "Moderator"}


def test_who_ranks_as_high_keeps_their_roles(cast: Cast, guests: Role) -> None:
    MemberRole.objects.create(member=Member.objects.get(user=cast.charlie), role=cast.moderator)
    assert "Save the roles" not in text_of(browse(cast.bob).get(address(cast, "charlie")))
    assert browse(cast.bob).post(address(cast, "charlie", "/roles"), {"role": str(guests.pk)}).status_code == 403
    assert "Save the roles" in text_of(browse(cast.alice).get(address(cast, "charlie")))
    assert held(cast, "charlie") == {"Moderator"}


def test_ones_own_nickname_and_that_of_others(cast: Cast, guests: Role) -> None:
    own = address(cast, "charlie", "/nickname")
    assert browse(cast.charlie).post(own, {"nickname": "Chuck"}).status_code == 302
    assert Member.objects.get(user=cast.charlie).nickname == "Chuck"
    assert "Chuck" in text_of(browse(cast.alice).get(f"/channels/{cast.server.pk}/{cast.general.pk}"))
    assert browse(cast.bob).post(own, {"nickname": ""}).status_code == 302
    assert Member.objects.get(user=cast.charlie).nickname is None
    refused = browse(cast.charlie).post(address(cast, "bob", "/nickname"), {"nickname": "Bobby"})
    assert refused.status_code == 403
    assert Member.objects.get(user=cast.bob).nickname is None
    assert browse(cast.charlie).post(own, {"nickname": "x" * 33}).status_code == 400


def test_the_way_back_never_leads_to_another_site(cast: Cast) -> None:
    for elsewhere in ("https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"):
        wanted = {"nickname": "Chuck", "next": elsewhere}
        answer = browse(cast.charlie).post(address(cast, "charlie", "/nickname"), wanted)
        assert answer["Location"] == address(cast, "charlie")


def test_members_stand_under_the_highest_of_their_roles(cast: Cast, guests: Role) -> None:
    MemberRole.objects.create(member=Member.objects.get(user=cast.bob), role=guests)
    text = text_of(browse(cast.alice).get(f"/channels/{cast.server.pk}/{cast.general.pk}"))
    aside = text[text.index('id="members"') :]
    places = [aside.index(f"<bdi>{name}</bdi>") for name in ("Moderator", "bob", "alice", "charlie")]
    assert places == sorted(places)
    assert "Guests" not in aside
