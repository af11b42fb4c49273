"""Invites in the settings of a server: making, seeing and revoking them."""

from guilds.actions import create_invite
from guilds.models import Invite
from together.testing.cast import Cast
from together.testing.pages import browse, text_of


def address(cast: Cast) -> str:
    return f"/channels/{cast.server.pk}/settings/invites"


def test_an_invite_is_made_and_shown_as_a_link(cast: Cast) -> None:
    client = browse(cast.alice)
    answer = client.post(address(cast), {"expires_in_hours": "24", "max_uses": "5"})
    assert answer["Location"] == address(cast)
    invite = Invite.objects.get()
    assert invite.max_uses == 5
    assert invite.expires_at
    page = text_of(client.get(address(cast)))
    assert f'value="http://testserver/invite/{invite.code}"' in page
    assert "used 0 of 5 times" in page
    client.post(address(cast), {"expires_in_hours": "", "max_uses": ""})
    assert Invite.objects.filter(max_uses=None, expires_at=None).exists()


def test_others_see_and_make_none(cast: Cast) -> None:
    create_invite(actor=cast.alice, server=cast.server)
    assert browse(cast.charlie).get(address(cast)).status_code == 403
    assert browse(cast.charlie).post(address(cast), {}).status_code == 403
    assert browse(cast.mallory).post(address(cast), {}).status_code == 404
    assert Invite.objects.count() == 1


def test_a_choice_that_is_none_is_400(cast: Cast) -> None:
    assert browse(cast.alice).post(address(cast), {"max_uses": "7"}).status_code == 400
    assert not Invite.objects.exists()


def test_an_invite_is_revoked_after_a_question(cast: Cast) -> None:
    invite = create_invite(actor=cast.alice, server=cast.server)
    page = f"{address(cast)}/{invite.pk}/revoke"
    client = browse(cast.alice)
    assert f"Revoke the invite {invite.code}?" in text_of(client.get(page))
    assert browse(cast.charlie).post(page).status_code == 403
    assert Invite.objects.exists()
    assert client.post(page)["Location"] == address(cast)
    assert not Invite.objects.exists()
    assert client.post(page).status_code == 404
