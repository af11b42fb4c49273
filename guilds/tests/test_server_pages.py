"""Finding, making, entering and leaving servers by page."""

import re
import uuid

import pytest

from guilds.layouts import templates
from guilds.models import Channel, ChannelType, Member, Server
from together.testing.cast import Cast
from together.testing.pages import browse, text_of, token_of


def test_a_new_server_begins_with_a_few_channels(cast: Cast) -> None:
    client = browse(cast.mallory)
    chosen = re.search(r'name="template_id" value="([^"]*)"[^>]*checked', text_of(client.get("/servers/new")))
    assert chosen
    answer = client.post("/servers/new", {"name": "  Chess  club ", "template_id": chosen[1]})
    server = Server.objects.get(owner=cast.mallory)
    assert server.name == "Chess  club"
    assert answer["Location"] == f"/channels/{server.pk}"
    assert server.channels.filter(name="announcements").exists()
    assert not server.is_public


def test_each_template_can_be_chosen_and_none(cast: Cast) -> None:
    page = text_of(browse(cast.mallory).get("/servers/new"))
    for template in templates():
        assert f'value="{template.id}"' in page
        assert template.description in page
    assert "No channels" in page


def test_a_template_that_is_none_gets_the_form_again(cast: Cast) -> None:
    answer = browse(cast.mallory).post("/servers/new", {"name": "Chess", "template_id": str(uuid.uuid4())})
    assert answer.status_code == 400
    assert 'id="id_template_id_error"' in text_of(answer)
    assert not Server.objects.filter(owner=cast.mallory).exists()


def test_a_new_server_may_be_empty_and_public(cast: Cast) -> None:
    client = browse(cast.mallory)
    client.post("/servers/new", {"name": "Chess", "is_public": "on", "template_id": ""})
    server = Server.objects.get(owner=cast.mallory)
    assert server.is_public
    assert not server.channels.exists()
    answer = client.get(f"/channels/{server.pk}")
    assert answer.status_code == 200
    assert "There is no text channel here yet" in text_of(answer)
    assert f"/channels/{server.pk}/new" in text_of(answer)


@pytest.mark.parametrize("name", ["", "   ", "a" * 101, "\u200b\u202e", "a\x07b", "\x00"])
def test_a_bad_name_gets_the_form_again(cast: Cast, name: str) -> None:
    answer = browse(cast.mallory).post("/servers/new", {"name": name})
    assert answer.status_code == 400
    assert 'id="id_name_error"' in text_of(answer)
    assert not Server.objects.filter(owner=cast.mallory).exists()


def test_public_servers_can_be_found_and_joined(cast: Cast) -> None:
    Server.objects.filter(pk=cast.server.pk).update(is_public=True)
    client = browse(cast.mallory)
    assert "Gaming Squad" in text_of(client.get("/servers"))
    assert client.post(f"/servers/{cast.server.pk}/join")["Location"] == f"/channels/{cast.server.pk}"
    assert Member.objects.filter(user=cast.mallory, server=cast.server).exists()
    assert client.post(f"/servers/{cast.server.pk}/join").status_code == 302
    assert client.get(f"/channels/{cast.server.pk}").status_code == 302


def test_other_servers_are_nowhere_and_cannot_be_joined(cast: Cast) -> None:
    client = browse(cast.mallory)
    assert "Gaming Squad" not in text_of(client.get("/servers"))
    assert client.post(f"/servers/{cast.server.pk}/join").status_code == 404
    assert client.post(f"/servers/{uuid.uuid4()}/join").status_code == 404
    assert not Member.objects.filter(user=cast.mallory).exists()


def test_a_member_leaves_and_the_owner_cannot(cast: Cast) -> None:
    client = browse(cast.charlie)
    assert client.post(f"/servers/{cast.server.pk}/leave")["Location"] == "/servers"
    assert client.get(f"/channels/{cast.server.pk}").status_code == 404
    owner = browse(cast.alice)
    stays = owner.post(f"/servers/{cast.server.pk}/leave", follow=True)
    assert "The owner cannot leave their server." in text_of(stays)
    assert Member.objects.filter(user=cast.alice).exists()


def test_a_server_opens_at_its_first_text_channel(cast: Cast) -> None:
    Channel.objects.create(server=cast.server, name="Lobby", type=ChannelType.VOICE, position=-1)
    answer = browse(cast.charlie).get(f"/channels/{cast.server.pk}")
    assert answer["Location"] == f"/channels/{cast.server.pk}/{cast.general.pk}"


def test_the_start_page_leads_to_ones_first_server(cast: Cast) -> None:
    assert browse(cast.charlie).get("/")["Location"] == f"/channels/{cast.server.pk}"
    assert browse(cast.mallory).get("/")["Location"] == "/servers"


@pytest.mark.parametrize("address", ["/servers", "/servers/new", "/channels/{server}", "/channels/{server}/new"])
def test_strangers_sign_in_first(cast: Cast, address: str) -> None:
    address = address.format(server=cast.server.pk)
    assert browse().get(address)["Location"] == f"/login?next={address}"
    assert browse(cast.alice).get(address).status_code in (200, 302)


@pytest.mark.parametrize("address", ["/channels/{server}", "/channels/{server}/new", "/channels/{server}/panels"])
def test_outsiders_find_nothing(cast: Cast, address: str) -> None:
    client = browse(cast.mallory)
    assert client.get(address.format(server=cast.server.pk)).status_code == 404
    assert client.get(address.format(server=uuid.uuid4())).status_code == 404


@pytest.mark.parametrize("id", ["x", "0", "%00", "..", "{}", "é" * 10, "a" * 500])
def test_what_is_no_id_is_404(cast: Cast, id: str) -> None:
    client = browse(cast.alice)
    assert client.get(f"/channels/{id}").status_code == 404
    assert client.get(f"/channels/{cast.server.pk}/{id}").status_code == 404
    assert client.get(f"/messages/{id}").status_code == 404


def test_making_a_server_takes_the_token_of_the_form(cast: Cast) -> None:
    client = browse(cast.mallory, enforce_csrf_checks=True)
    assert client.post("/servers/new", {"name": "Chess"}).status_code == 403
    token = token_of(client, "/servers/new")
    assert client.post("/servers/new", {"name": "Chess", "csrfmiddlewaretoken": token}).status_code == 302
    assert Server.objects.filter(owner=cast.mallory).count() == 1
