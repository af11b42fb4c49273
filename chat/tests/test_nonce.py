"""A nonce makes a retry safe: the same one gives the same message, however often and however fast."""

import pytest

from chat.models import Message
from together.testing.cast import make_cast
from together.testing.threads import at_once

BODY = {"content": "hello", "nonce": "n-1"}


@pytest.fixture
def path(cast):
    return f"/channels/{cast.general.pk}/messages"


def test_a_repeated_nonce_is_answered_with_the_message_that_was_sent(api, cast, path, told):
    first, second = (api(cast.charlie).post(path, BODY) for _ in range(2))
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert first.json()["nonce"] == "n-1"
    assert Message.objects.count() == len(told()) == 1


def test_without_a_nonce_every_message_is_a_new_one(api, cast, path):
    ids = {api(cast.charlie).post(path, {"content": "hello", "nonce": None}).json()["id"] for _ in range(2)}
    assert len(ids) == 2


def test_the_same_nonce_for_something_else_is_a_conflict(api, cast, path, told):
    first = api(cast.bob).post(path, BODY).json()
    other = api(cast.bob).post(path, {"content": "other"}).json()
    told()
    for url, body in (
        (path, {**BODY, "content": "else"}),
        (path, {**BODY, "reply_to": other["id"]}),
        (f"/channels/{cast.secret.pk}/messages", BODY),
    ):
        answer = api(cast.bob).post(url, body)
        assert (answer.status_code, set(answer.json())) == (409, {"error"})
    assert told() == []
    assert api(cast.bob).post(path, BODY).json() == first


def test_a_nonce_belongs_to_its_author(api, cast, path):
    ids = {api(user).post(path, BODY).json()["id"] for user in (cast.alice, cast.bob)}
    assert len(ids) == 2


def test_a_repeat_after_the_message_was_deleted_does_not_bring_it_back(api, cast, path):
    first = api(cast.charlie).post(path, BODY).json()
    api(cast.charlie).delete(f"/messages/{first['id']}")
    again = api(cast.charlie).post(path, BODY)
    assert again.status_code == 201
    assert (again.json()["id"], again.json()["deleted"], again.json()["content"]) == (first["id"], True, "")
    assert api(cast.charlie).get(path).json() == []


@pytest.mark.django_db(transaction=True)
def test_twenty_simultaneous_sends_of_one_nonce_are_one_message_and_one_event(api, told):
    cast = make_cast()
    charlie = api(cast.charlie)

    answers = at_once(20, lambda _: charlie.post(f"/channels/{cast.general.pk}/messages", BODY))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert Message.objects.count() == 1
    assert [event.name for event in told()] == ["MESSAGE_CREATE"]


@pytest.mark.django_db(transaction=True)
def test_one_nonce_in_two_channels_at_once_is_one_message_and_conflicts(api, told):
    cast = make_cast()
    bob = api(cast.bob)
    channels = [cast.general.pk, cast.secret.pk]

    answers = at_once(8, lambda number: bob.post(f"/channels/{channels[number % 2]}/messages", BODY))

    assert sorted(answer.status_code for answer in answers) == [201] * 4 + [409] * 4
    assert Message.objects.count() == len(told()) == 1
