"""Who writes takes a turn in the channel, and is judged by what is true when it comes."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from chat.actions import edit_message, send_message
from chat.models import Message
from guilds.actions import ban_user, delete_channel, set_override
from guilds.models import Channel, Member
from guilds.permissions import Permission
from together.refusals import Forbidden, NotFound
from together.testing.cast import make_cast
from together.testing.threads import wait_until_somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def cast(db):
    return make_cast()


def meanwhile(happens, action, **words):
    """What comes of an action that had to wait for a turn, while something else happened in the channel."""

    def act():
        try:
            return action(**words)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            happens()
            waiting = thread.submit(act)
            wait_until_somebody_waits()
        return waiting.result(timeout=10)


def hold(channel):
    list(Channel.objects.select_for_update(no_key=True).filter(pk=channel.pk))


def test_who_had_to_wait_writes_when_their_turn_comes(cast):
    message = meanwhile(
        lambda: hold(cast.general), send_message, actor=cast.charlie, channel_id=cast.general.pk, content="a"
    )
    assert Message.objects.get().pk == message.pk


def test_who_is_banned_while_they_wait_has_written_nothing(cast):
    with pytest.raises(NotFound):
        meanwhile(
            lambda: ban_user(actor=cast.alice, server=cast.server, user=cast.charlie),
            send_message,
            actor=cast.charlie,
            channel_id=cast.general.pk,
            content="a",
        )
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    ("taken", "refusal"), [(Permission.SEND_MESSAGES, Forbidden), (Permission.VIEW_CHANNEL, NotFound)]
)
def test_a_permission_that_is_taken_while_one_waits_is_gone_when_the_turn_comes(cast, taken, refusal):
    def take():
        hold(cast.general)
        set_override(actor=cast.alice, channel=cast.general, user=cast.charlie, allow=0, deny=taken)

    with pytest.raises(refusal):
        meanwhile(take, send_message, actor=cast.charlie, channel_id=cast.general.pk, content="a")
    assert not Message.objects.exists()


def test_a_channel_that_goes_while_one_waits_is_404(cast):
    with pytest.raises(NotFound):
        meanwhile(
            lambda: delete_channel(actor=cast.alice, channel=cast.general),
            send_message,
            actor=cast.charlie,
            channel_id=cast.general.pk,
            content="a",
        )
    assert Member.objects.filter(user=cast.charlie).exists()


def test_an_edit_takes_a_turn_too(cast):
    message = send_message(actor=cast.charlie, channel_id=cast.general.pk, content="helo")
    edited = meanwhile(lambda: hold(cast.general), edit_message, actor=cast.charlie, message=message, content="hello")
    assert (edited.pk, Message.objects.get().content) == (message.pk, "hello")
