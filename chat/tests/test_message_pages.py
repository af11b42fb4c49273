"""Editing and deleting by page."""

import uuid

import pytest

from chat.actions import send_message
from chat.models import MAX_CONTENT, Message
from together.testing.cast import Cast
from together.testing.pages import SCRIPT, browse, text_of, token_of


@pytest.fixture
def message(cast: Cast) -> Message:
    return send_message(actor=cast.charlie, channel_id=cast.general.pk, content="Hello **you**")


def test_the_author_edits(cast: Cast, message: Message) -> None:
    client = browse(cast.charlie)
    assert "Hello **you**</textarea>" in text_of(client.get(f"/messages/{message.pk}/edit"))
    answer = client.post(f"/messages/{message.pk}/edit", {"content": "Better"})
    assert answer.status_code == 303
    assert answer["Location"] == f"/channels/{cast.server.pk}/{cast.general.pk}#m{message.pk}"
    message.refresh_from_db()
    assert message.content == "Better"
    assert "(edited)" in text_of(client.get(answer["Location"]))


def test_nobody_else_edits(cast: Cast, message: Message) -> None:
    for person in (cast.alice, cast.bob):
        client = browse(person)
        assert client.get(f"/messages/{message.pk}/edit").status_code == 403
        assert client.post(f"/messages/{message.pk}/edit", {"content": "Mine"}).status_code == 403
    message.refresh_from_db()
    assert message.content == "Hello **you**"


@pytest.mark.parametrize("content", ["", "  ", "x" * (MAX_CONTENT + 1), "\x00"])
def test_what_it_cannot_become_is_shown_again(cast: Cast, message: Message, content: str) -> None:
    client = browse(cast.charlie)
    answer = client.post(f"/messages/{message.pk}/edit", {"content": content})
    assert answer.status_code == 400
    assert 'aria-invalid="true"' in text_of(answer)
    script = client.post(f"/messages/{message.pk}/edit", {"content": content}, headers=SCRIPT)
    assert (script.status_code, set(script.json())) == (400, {"error"})


def test_a_script_edits_in_place(cast: Cast, message: Message) -> None:
    client = browse(cast.charlie)
    form = text_of(client.get(f"/messages/{message.pk}/edit", headers={"HX-Request": "true"}))
    assert "<html" not in form
    answer = client.post(f"/messages/{message.pk}/edit", {"content": "Better"}, headers=SCRIPT)
    assert answer.status_code == 200
    assert "Better" in answer.json()["html"]


def test_the_author_deletes_after_being_asked(cast: Cast, message: Message) -> None:
    client = browse(cast.charlie)
    assert "Delete this message?" in text_of(client.get(f"/messages/{message.pk}/delete"))
    assert Message.objects.living().exists()
    assert client.post(f"/messages/{message.pk}/delete").status_code == 303
    assert not Message.objects.living().exists()
    assert client.post(f"/messages/{message.pk}/delete").status_code == 404


def test_moderators_delete_and_members_do_not(cast: Cast) -> None:
    message = send_message(actor=cast.alice, channel_id=cast.general.pk, content="Mine")
    assert browse(cast.charlie).get(f"/messages/{message.pk}/delete").status_code == 403
    assert browse(cast.charlie).post(f"/messages/{message.pk}/delete").status_code == 403
    assert browse(cast.bob).post(f"/messages/{message.pk}/delete", headers=SCRIPT).json() == {"id": str(message.pk)}


def test_a_message_has_a_page_with_what_one_may_do(cast: Cast, message: Message) -> None:
    edit, delete = f"/messages/{message.pk}/edit", f"/messages/{message.pk}/delete"
    mine = text_of(browse(cast.charlie).get(f"/messages/{message.pk}"))
    assert edit in mine
    assert delete in mine
    moderated = text_of(browse(cast.bob).get(f"/messages/{message.pk}"))
    assert edit not in moderated
    assert delete in moderated


@pytest.mark.parametrize("page", ["", "/edit", "/delete"])
def test_hidden_and_unknown_messages_are_404_alike(cast: Cast, page: str) -> None:
    hidden = send_message(actor=cast.bob, channel_id=cast.secret.pk, content="Hush")
    assert browse(cast.bob).get(f"/messages/{hidden.pk}{page}").status_code == 200
    client = browse(cast.charlie)
    refused, unknown = client.get(f"/messages/{hidden.pk}{page}"), client.get(f"/messages/{uuid.uuid4()}{page}")
    assert refused.status_code == unknown.status_code == 404
    assert text_of(refused).partition("<body")[2] == text_of(unknown).partition("<body")[2]
    assert "Hush" not in text_of(refused)
    if page:
        assert client.post(f"/messages/{hidden.pk}{page}", {"content": "x"}).status_code == 404
    assert browse(cast.mallory).get(f"/messages/{hidden.pk}{page}").status_code == 404


def test_strangers_sign_in_first(message: Message) -> None:
    assert browse().get(f"/messages/{message.pk}/edit")["Location"].startswith("/login?next=/messages/")
    assert browse().post(f"/messages/{message.pk}/delete").status_code == 302
    assert Message.objects.living().exists()


def test_deleting_takes_the_token_of_the_form(cast: Cast, message: Message) -> None:
    client = browse(cast.charlie, enforce_csrf_checks=True)
    address = f"/messages/{message.pk}/delete"
    assert client.post(address).status_code == 403
    assert client.post(address, {"csrfmiddlewaretoken": token_of(client, address)}).status_code == 303
