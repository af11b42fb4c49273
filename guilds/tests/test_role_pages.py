"""Roles by page: their list by rank, what each allows, and their end."""

import pytest

from guilds.models import Role
from guilds.permissions import Permission
from together.testing.cast import Cast
from together.testing.pages import browse, text_of

P = Permission


@pytest.fixture
def guests(cast: Cast) -> Role:
    """A role below the moderator, who manages roles here."""
    cast.moderator.permissions |= P.MANAGE_ROLES
    cast.moderator.save()
    return Role.objects.create(server=cast.server, name="Guests", position=0, color="#33c4ff", permissions=8)


def address(cast: Cast, tail: str = "") -> str:
    return f"/channels/{cast.server.pk}/settings/roles{tail}"


def ranked(cast: Cast) -> list[str]:
    return list(cast.server.roles.order_by("-position").values_list("name", flat=True))


def test_a_new_role_is_made_and_opened(cast: Cast, guests: Role) -> None:
    answer = browse(cast.bob).post(address(cast), {"name": "Regulars"})
    made = Role.objects.get(name="Regulars")
    assert answer["Location"] == address(cast, f"/{made.pk}")
    refused = browse(cast.charlie).post(address(cast), {"name": "Mine"})
    assert refused.status_code == 403
    assert "MANAGE_ROLES" in text_of(refused)
    assert browse(cast.bob).post(address(cast), {"name": ""}).status_code == 400
    assert not Role.objects.filter(name="Mine").exists()


def test_members_see_the_roles_and_why_they_cannot_change_them(cast: Cast, guests: Role) -> None:
    page = text_of(browse(cast.charlie).get(address(cast)))
    assert "Guests" in page
    assert "This takes the permission “Manage roles”" in page
    assert 'name="up"' not in page
    assert 'name="up"' in text_of(browse(cast.bob).get(address(cast)))
    assert "This role is not below your own." in text_of(browse(cast.bob).get(address(cast)))


def test_what_a_role_is_and_allows_is_changed(cast: Cast, guests: Role) -> None:
    page = address(cast, f"/{guests.pk}")
    wanted = {"name": "Visitors", "coloured": "on", "color": "#112233", "permissions": [8, 16]}
    assert browse(cast.bob).post(page, wanted)["Location"] == page
    guests.refresh_from_db()
    assert (guests.name, guests.color, guests.permissions) == ("Visitors", "#112233", 24)
    browse(cast.bob).post(page, {"name": "Visitors", "color": "#112233", "permissions": [8, 16]})
    guests.refresh_from_db()
    assert guests.color is None


def test_a_flag_that_one_lacks_stays_and_cannot_be_forged(cast: Cast, guests: Role) -> None:
    Role.objects.filter(pk=guests.pk).update(permissions=int(P.KICK_MEMBERS | P.ATTACH_FILES))
    page = address(cast, f"/{guests.pk}")
    client = browse(cast.bob)
    assert client.post(page, {"name": "Guests", "coloured": "on", "color": "#33c4ff"}).status_code == 302
    guests.refresh_from_db()
    assert guests.permissions == P.KICK_MEMBERS
    forged = client.post(page, {"name": "Guests", "coloured": "on", "color": "#33c4ff", "permissions": [8192]})
    assert forged.status_code == 403
    assert "ADMINISTRATOR" in text_of(forged)
    guests.refresh_from_db()
    assert guests.permissions == P.KICK_MEMBERS


def test_ones_own_role_is_greyed_and_refused(cast: Cast, guests: Role) -> None:
    page = address(cast, f"/{cast.moderator.pk}")
    text = text_of(browse(cast.bob).get(page))
    assert "This role is not below your own." in text
    assert '<fieldset class="form" disabled>' in text
    assert browse(cast.bob).post(page, {"name": "Boss", "permissions": [8]}).status_code == 403
    assert browse(cast.alice).post(page, {"name": "Boss", "permissions": [8]}).status_code == 302
    cast.moderator.refresh_from_db()
    assert cast.moderator.name == "Boss"


@pytest.mark.parametrize("change", [{"color": "red"}, {"name": "\x00"}, {"permissions": ["x"]}, {"permissions": ["7"]}])
def test_what_breaks_a_rule_is_400(cast: Cast, guests: Role, change: dict[str, object]) -> None:
    wanted = {"name": "Guests", "coloured": "on", "color": "#33c4ff", "permissions": [8]}
    assert browse(cast.bob).post(address(cast, f"/{guests.pk}"), {**wanted, **change}).status_code == 400


def test_roles_move_by_a_step_and_all_at_once(cast: Cast, guests: Role) -> None:
    client = browse(cast.alice)
    assert ranked(cast) == ["Moderator", "Guests"]
    assert client.post(address(cast, "/order"), {"up": str(guests.pk)})["Location"] == address(cast)
    assert ranked(cast) == ["Guests", "Moderator"]
    client.post(address(cast, "/order"), {"down": str(guests.pk)})
    assert ranked(cast) == ["Moderator", "Guests"]
    client.post(address(cast, "/order"), {"order": f"{guests.pk},{cast.moderator.pk}"})
    assert ranked(cast) == ["Guests", "Moderator"]


def test_a_move_above_oneself_is_refused_and_said(cast: Cast, guests: Role) -> None:
    refused = browse(cast.bob).post(address(cast, "/order"), {"up": str(guests.pk)})
    assert refused.status_code == 403
    assert 'data-level="error"' in text_of(refused)
    assert ranked(cast) == ["Moderator", "Guests"]


def test_a_role_goes_after_a_question(cast: Cast, guests: Role) -> None:
    page = address(cast, f"/{guests.pk}/delete")
    client = browse(cast.bob)
    assert "Delete the role Guests?" in text_of(client.get(page))
    assert Role.objects.filter(pk=guests.pk).exists()
    assert browse(cast.charlie).get(page).status_code == 403
    assert browse(cast.charlie).post(page).status_code == 403
    assert client.post(page)["Location"] == address(cast)
    assert not Role.objects.filter(pk=guests.pk).exists()
    assert client.post(address(cast, f"/{cast.moderator.pk}/delete")).status_code == 403
    assert client.get(page).status_code == 404


def test_a_server_can_be_seen_as_a_role_or_member_meets_it(cast: Cast, guests: Role) -> None:
    preview = f"/channels/{cast.server.pk}/settings/preview"
    client = browse(cast.alice)
    as_guest = text_of(client.get(f"{preview}?role={guests.pk}")).split('class="sheet')[1]
    assert "general" in as_guest
    assert "secret" not in as_guest
    assert "secret" in text_of(client.get(f"{preview}?role={cast.moderator.pk}")).split('class="sheet')[1]
    assert "What charlie sees" in text_of(client.get(f"{preview}?member={cast.charlie.pk}"))
    assert client.get(f"{preview}?member={cast.mallory.pk}").status_code == 404
    assert browse(cast.charlie).get(f"{preview}?role={guests.pk}").status_code == 403
