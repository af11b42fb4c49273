"""Reading and sending by page."""

import uuid
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from accounts.actions import register
from chat.actions import delete_message, send_message
from chat.models import MAX_CONTENT, Message
from guilds.models import Channel, Member
from guilds.permissions import Permission
from together import events
from together.testing.cast import PASSWORD, Cast
from together.testing.pages import SCRIPT, browse, text_of, token_of

# The person (1), the place in the log (1), the channel (1) and what they may there (1 to find it, 1 to show it),
# servers (1), this server (1), channels (4), whether they may manage them (1), members (1), messages (1), what is new
# (1), where that begins (1), and that it is read (2, a savepoint 2).
QUERIES = 21


def test_what_one_sends_is_there(cast: Cast) -> None:
    client = browse(cast.charlie)
    answer = client.post(_address(cast), {"content": "  Hello **you**\r\nthere ", "nonce": "n1"})
    message = Message.objects.get()
    assert (message.content, message.nonce) == ("Hello **you**\nthere", "n1")
    assert answer.status_code == 303
    assert answer["Location"] == f"{_address(cast)}#m{message.pk}"
    assert "Hello <strong>you</strong>" in text_of(browse(cast.alice).get(_address(cast)))


def test_sending_the_same_form_twice_sends_once(cast: Cast) -> None:
    client = browse(cast.charlie)
    for _time in range(2):
        assert client.post(_address(cast), {"content": "Once", "nonce": "n1"}).status_code == 303
    assert Message.objects.count() == 1


def test_a_nonce_that_stands_for_another_message_keeps_the_text_and_gets_a_new_one(cast: Cast) -> None:
    client = browse(cast.charlie)
    client.post(_address(cast), {"content": "One", "nonce": "n1"})
    answer = client.post(_address(cast), {"content": "Another", "nonce": "n1"})
    assert answer.status_code == 409
    assert "Another</textarea>" in text_of(answer)
    assert 'value="n1"' not in text_of(answer)


@pytest.mark.parametrize("content", ["", "   \r\n ", "x" * (MAX_CONTENT + 1), "a\x00b"])
def test_what_cannot_be_sent_is_shown_again(cast: Cast, content: str) -> None:
    answer = browse(cast.charlie).post(_address(cast), {"content": content, "nonce": "n1"})
    assert answer.status_code == 400
    assert 'id="id_content_error"' in text_of(answer)
    assert content.strip().replace("\x00", "") in text_of(answer).replace("\x00", "")
    assert not Message.objects.exists()


def test_the_longest_message_counts_line_ends_once(cast: Cast) -> None:
    content = "\r\n".join(["x"] * (MAX_CONTENT // 2))
    assert browse(cast.charlie).post(_address(cast), {"content": content}).status_code == 303


def test_a_script_gets_json(cast: Cast) -> None:
    client = browse(cast.charlie)
    sent = client.post(_address(cast), {"content": "Hello", "nonce": "n1"}, headers=SCRIPT)
    message = Message.objects.get()
    assert sent.status_code == 201
    assert sent.json()["id"] == str(message.pk)
    assert f'id="m{message.pk}"' in sent.json()["html"]
    refused = client.post(_address(cast), {"content": ""}, headers=SCRIPT)
    assert (refused.status_code, set(refused.json())) == (400, {"error"})
    other = browse(cast.mallory).post(_address(cast), {"content": "Hello"}, headers=SCRIPT)
    assert (other.status_code, set(other.json())) == (404, {"error"})


def test_who_may_only_read_is_told_so(cast: Cast) -> None:
    Channel.objects.filter(pk=cast.general.pk).update(default_deny=Permission.SEND_MESSAGES)
    reader, owner = browse(cast.charlie), browse(cast.alice)
    assert "You may read here, but not write." in text_of(reader.get(_address(cast)))
    refused = reader.post(_address(cast), {"content": "My long thoughts"})
    assert refused.status_code == 403
    assert "My long thoughts</textarea>" in text_of(refused)
    assert owner.post(_address(cast), {"content": "News"}).status_code == 303


def test_strangers_sign_in_first(cast: Cast) -> None:
    assert browse().get(_address(cast))["Location"] == f"/login?next={_address(cast)}"
    assert browse().post(_address(cast), {"content": "Hello"})["Location"].startswith("/login")
    assert not Message.objects.exists()


def test_outsiders_and_hidden_channels_are_404_alike(cast: Cast) -> None:
    hidden = f"/channels/{cast.server.pk}/{cast.secret.pk}"
    never = f"/channels/{cast.server.pk}/{uuid.uuid4()}"
    assert browse(cast.bob).get(hidden).status_code == 200
    for client, address in [(browse(cast.charlie), hidden), (browse(cast.mallory), _address(cast))]:
        refused, unknown = client.get(address), client.get(never)
        assert refused.status_code == unknown.status_code == 404
        assert _body(refused) == _body(unknown)
        assert client.post(address, {"content": "Hello"}).status_code == 404
    assert not Message.objects.exists()


def test_a_channel_is_found_in_its_own_server_only(cast: Cast) -> None:
    elsewhere = Channel.objects.create(server=_server_of(cast.alice), name="elsewhere")
    client = browse(cast.alice)
    assert client.get(f"/channels/{elsewhere.server_id}/{elsewhere.pk}").status_code == 200
    assert client.get(f"/channels/{cast.server.pk}/{elsewhere.pk}").status_code == 404


def test_sending_takes_the_token_of_the_form(cast: Cast) -> None:
    client = browse(cast.charlie, enforce_csrf_checks=True)
    assert client.post(_address(cast), {"content": "Hello"}).status_code == 403
    token = token_of(client, _address(cast))
    assert client.post(_address(cast), {"content": "Hello", "csrfmiddlewaretoken": token}).status_code == 303
    refused = client.post(_address(cast), {"content": "Hello"}, headers={**SCRIPT, "X-CSRFToken": "x" * 64})
    assert refused.status_code == 403
    assert Message.objects.count() == 1


def test_markup_in_a_message_is_text(cast: Cast) -> None:
    send_message(actor=cast.bob, channel_id=cast.general.pk, content='<img src=x onerror="alert(1)"><script>x</script>')
    text = text_of(browse(cast.alice).get(_address(cast)))
    assert "<img src=x" not in text
    assert "<script>x" not in text
    assert "&lt;img src=x" in text


def test_older_messages_are_behind_a_link(cast: Cast) -> None:
    sent = [send_message(actor=cast.bob, channel_id=cast.general.pk, content=f"number {n}!") for n in range(120)]
    client = browse(cast.charlie)
    newest = text_of(client.get(_address(cast)))
    assert "number 70!" in newest
    assert "number 69!" not in newest
    link = f"{_address(cast)}?before={sent[70].pk}"
    assert f'href="{link}"' in newest
    older = text_of(client.get(link))
    assert "number 69!" in older
    assert "number 70!" not in older
    assert "Jump to the newest messages" in older
    oldest = text_of(client.get(f"{_address(cast)}?before={sent[20].pk}"))
    assert "number 0!" in oldest
    assert "Older messages" not in oldest
    assert "This is where the channel begins." in oldest


def test_a_script_gets_the_rows_alone(cast: Cast) -> None:
    send_message(actor=cast.bob, channel_id=cast.general.pk, content="Hello")
    client = browse(cast.charlie)
    text = text_of(client.get(_address(cast), headers={"HX-Request": "true"}))
    assert "Hello" in text
    assert "<html" not in text
    assert text.strip().startswith("<li")


NEVER = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize(("before", "status"), [("x", 404), ("", 404), ("%00", 404), (NEVER, 200)])
def test_a_wrong_place_to_start_from(cast: Cast, before: str, status: int) -> None:
    assert browse(cast.charlie).get(f"{_address(cast)}?before={before}").status_code == status


def test_deleted_messages_and_those_of_deleted_people(cast: Cast) -> None:
    gone = send_message(actor=cast.bob, channel_id=cast.general.pk, content="Regret")
    delete_message(actor=cast.bob, message=gone)
    send_message(actor=cast.charlie, channel_id=cast.general.pk, content="Farewell")
    cast.charlie.delete()
    text = text_of(browse(cast.alice).get(_address(cast)))
    assert "Regret" not in text
    assert "Farewell" in text
    assert "Deleted account" in text


def test_no_cache_keeps_a_page(cast: Cast) -> None:
    assert "no-store" in browse(cast.alice).get(_address(cast))["Cache-Control"]


def test_the_number_of_queries_does_not_depend_on_how_much_there_is(
    cast: Cast, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = browse(cast.bob)
    send_message(actor=cast.bob, channel_id=cast.general.pk, content="one")
    events.drain()
    _read(client, cast, django_assert_num_queries)
    for n in range(50):
        user = register(username=f"extra{n}", password=PASSWORD)
        Member.objects.create(user=user, server=cast.server)
        Channel.objects.create(server=cast.server, name=f"more-{n}", parent=cast.general.parent)
        send_message(actor=user, channel_id=cast.general.pk, content=f"hello {n} @bob")
    _read(client, cast, django_assert_num_queries)


def _read(client: Client, cast: Cast, assert_num_queries: DjangoAssertNumQueries) -> None:
    # The first time there is something new, which one's other devices are told of.
    assert client.get(_address(cast)).status_code == 200
    with assert_num_queries(QUERIES):
        assert client.get(_address(cast)).status_code == 200


def _address(cast: Cast) -> str:
    return f"/channels/{cast.server.pk}/{cast.general.pk}"


def _body(response: Any) -> str:
    return text_of(response).partition("<body")[2]


def _server_of(user: Any) -> Any:
    from guilds.actions import create_server

    return create_server(actor=user, name="Another")
