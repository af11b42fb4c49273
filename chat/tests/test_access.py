"""The door to messages: what cannot be read cannot be got hold of, by whatever way one asks."""

import pytest

from chat import access
from chat.actions import delete_message, send_message
from together.refusals import NotFound


@pytest.fixture
def said(cast):
    return {
        name: send_message(actor=cast.alice, channel_id=channel.pk, content="psst")
        for name, channel in (("general", cast.general), ("secret", cast.secret), ("deleted", cast.general))
    }


def test_a_message_is_found_by_who_sees_its_channel_and_while_it_is_there(cast, said):
    delete_message(actor=cast.alice, message=said["deleted"])
    assert access.find_message(cast.charlie, said["general"].pk) == said["general"]
    assert access.find_message(cast.bob, said["secret"].pk) == said["secret"]
    for user, name in ((cast.charlie, "secret"), (cast.mallory, "general"), (cast.alice, "deleted")):
        with pytest.raises(NotFound):
            access.find_message(user, said[name].pk)


def test_a_message_is_found_in_its_own_channel_only(cast, said):
    assert access.find_message(cast.alice, said["secret"].pk, channel=cast.secret) == said["secret"]
    with pytest.raises(NotFound):
        access.find_message(cast.alice, said["secret"].pk, channel=cast.general)
