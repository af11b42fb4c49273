"""Server settings: which tabs there are for whom, the overview, and the end of a server."""

import uuid

import pytest

from guilds.models import Server
from guilds.permissions import DEFAULT, Permission
from together.audit.entry import AuditEntry
from together.testing.cast import Cast
from together.testing.pages import browse, text_of, token_of

P = Permission
BASIS = ["Overview", "Channels", "Roles", "Members"]


def tabs(cast: Cast, name: str) -> list[str]:
    page = text_of(browse(getattr(cast, name)).get(f"/channels/{cast.server.pk}/settings"))
    nav = page[page.index('class="tabs"') :]
    nav = nav[: nav.index("</nav>")]
    return [piece.split("</a>")[0].split(">")[-1] for piece in nav.split("<a ")[1:]]


def test_tabs_that_make_no_sense_for_somebody_are_not_listed(cast: Cast) -> None:
    assert tabs(cast, "charlie") == BASIS
    assert tabs(cast, "bob") == [*BASIS, "Audit log"]
    assert tabs(cast, "alice") == [*BASIS, "Invites", "Bans", "Audit log"]


@pytest.mark.parametrize(("tab", "by"), [("invites", "alice"), ("bans", "alice"), ("audit", "bob")])
def test_what_is_not_listed_is_refused(cast: Cast, tab: str, by: str) -> None:
    address = f"/channels/{cast.server.pk}/settings/{tab}"
    assert browse(cast.charlie).get(address).status_code == 403
    assert browse(getattr(cast, by)).get(address).status_code == 200


@pytest.mark.parametrize(
    "tab", ["", "/channels", "/roles", "/members", "/invites", "/bans", "/audit", "/preview", "/delete"]
)
def test_outsiders_find_nothing_and_strangers_sign_in_first(cast: Cast, tab: str) -> None:
    address = f"/channels/{cast.server.pk}/settings{tab}"
    assert browse(cast.mallory).get(address).status_code == 404
    assert browse(cast.alice).get(address).status_code == 200
    assert browse(cast.alice).get(address.replace(str(cast.server.pk), str(uuid.uuid4()))).status_code == 404
    assert browse().get(address)["Location"] == f"/login?next={address}"


def test_who_manages_the_server_changes_it(cast: Cast) -> None:
    client = browse(cast.bob)
    address = f"/channels/{cast.server.pk}/settings"
    answer = client.post(address, {"name": "Chess club", "icon_url": "https://example.org/a.png", "is_public": "on"})
    assert (answer.status_code, answer["Location"]) == (302, address)
    cast.server.refresh_from_db()
    assert (cast.server.name, cast.server.icon_url) == ("Chess club", "https://example.org/a.png")
    assert cast.server.is_public
    assert not cast.server.joins_locked
    assert "Saved." in text_of(client.get(address))
    client.post(address, {"name": "Chess club", "icon_url": "", "joins_locked": "on"})
    cast.server.refresh_from_db()
    assert (cast.server.icon_url, cast.server.is_public, cast.server.joins_locked) == (None, False, True)


def test_what_was_not_changed_is_not_an_act(cast: Cast) -> None:
    browse(cast.bob).post(f"/channels/{cast.server.pk}/settings", {"name": cast.server.name})
    assert not AuditEntry.objects.filter(action="server_update").exists()


def test_others_look_at_it_and_are_told_why_no_more(cast: Cast) -> None:
    client = browse(cast.charlie)
    address = f"/channels/{cast.server.pk}/settings"
    page = text_of(client.get(address))
    assert "This takes the permission “Manage the server”" in page
    assert "none of the roles held allows it" in page
    assert page.count('<fieldset class="form" disabled>') == 2
    refused = client.post(address, {"name": "Chess club"})
    assert refused.status_code == 403
    assert "MANAGE_SERVER" in text_of(refused)
    cast.server.refresh_from_db()
    assert cast.server.name == "Gaming Squad"
    assert "disabled>" not in text_of(browse(cast.alice).get(address)).split("Everyone")[0]


def test_a_bad_name_is_said_beside_its_field(cast: Cast) -> None:
    answer = browse(cast.bob).post(f"/channels/{cast.server.pk}/settings", {"name": " "})
    assert answer.status_code == 400
    assert 'id="id_name_error"' in text_of(answer)


def test_the_owner_says_what_everyone_may_do(cast: Cast) -> None:
    address = f"/channels/{cast.server.pk}/settings/everyone"
    wanted = [int(P.VIEW_CHANNEL), int(P.SEND_MESSAGES), int(P.CREATE_INVITES)]
    assert browse(cast.alice).post(address, {"default_permissions": wanted}).status_code == 302
    cast.server.refresh_from_db()
    assert cast.server.default_permissions == sum(wanted)
    assert browse(cast.charlie).post(address, {"default_permissions": [1]}).status_code == 403


def test_flags_that_one_lacks_are_greyed_and_stay(cast: Cast) -> None:
    cast.moderator.permissions |= P.MANAGE_ROLES
    cast.moderator.save()
    Server.objects.filter(pk=cast.server.pk).update(default_permissions=int(DEFAULT | P.MENTION_EVERYONE))
    client = browse(cast.bob)
    page = text_of(client.get(f"/channels/{cast.server.pk}/settings"))
    row = page[page.index('value="512" id="default_permissions-512"') :].split("</div>")[0]
    assert "disabled" in row
    assert "You lack this permission yourself." in row
    address = f"/channels/{cast.server.pk}/settings/everyone"
    assert client.post(address, {"default_permissions": [1, 2]}).status_code == 302
    cast.server.refresh_from_db()
    # Everyone may mention everyone, so bob may too; what nobody gave him he cannot give.
    assert cast.server.default_permissions == 3
    refused = client.post(address, {"default_permissions": [1, 2, 512]})
    assert refused.status_code == 403
    assert "BAN_MEMBERS" in text_of(refused)
    cast.server.refresh_from_db()
    assert cast.server.default_permissions == 3


def test_deleting_a_server_takes_its_name(cast: Cast) -> None:
    client = browse(cast.alice)
    address = f"/channels/{cast.server.pk}/settings/delete"
    assert "Delete Gaming Squad?" in text_of(client.get(address))
    assert client.post(address, {"typed": "Gaming"}).status_code == 400
    assert Server.objects.living().filter(pk=cast.server.pk).exists()
    assert client.post(address, {"typed": "Gaming Squad"})["Location"] == "/servers"
    assert not Server.objects.living().filter(pk=cast.server.pk).exists()


def test_only_the_owner_is_shown_how_to_delete_it(cast: Cast) -> None:
    address = f"/channels/{cast.server.pk}/settings/delete"
    assert browse(cast.bob).get(address).status_code == 403
    assert browse(cast.bob).post(address, {"typed": "Gaming Squad"}).status_code == 403
    assert address not in text_of(browse(cast.bob).get(f"/channels/{cast.server.pk}/settings"))
    assert address in text_of(browse(cast.alice).get(f"/channels/{cast.server.pk}/settings"))


def test_changes_take_the_token_of_the_form(cast: Cast) -> None:
    client = browse(cast.alice, enforce_csrf_checks=True)
    address = f"/channels/{cast.server.pk}/settings"
    assert client.post(address, {"name": "Chess"}).status_code == 403
    token = token_of(client, address)
    assert client.post(address, {"name": "Chess", "csrfmiddlewaretoken": token}).status_code == 302


def test_the_menu_of_a_server_leads_where_one_may_go(cast: Cast) -> None:
    address = f"/channels/{cast.server.pk}/{cast.general.pk}"
    invites = f'"/channels/{cast.server.pk}/settings/invites"'
    assert f'"/channels/{cast.server.pk}/settings"' in text_of(browse(cast.charlie).get(address))
    assert invites not in text_of(browse(cast.charlie).get(address))
    assert invites in text_of(browse(cast.alice).get(address))
