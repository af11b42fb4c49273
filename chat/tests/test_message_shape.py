"""The shape of a message is written out by hand for speed: it must be what its fields, and so the description, say."""

import pytest
from django.utils import timezone
from rest_framework.serializers import ModelSerializer

from chat.access import readable
from chat.actions import send_message
from chat.history import page
from chat.models import Message
from chat.serializers import MessageSerializer
from together.rest.renderers import to_json


@pytest.mark.parametrize(
    "facts",
    [
        {},
        {"author": None},
        {"deleted": True},
        {"edited_at": timezone.now(), "nonce": "n", "mention_everyone": True},
        {"created_at": timezone.now().replace(microsecond=0)},
    ],
)
def test_what_is_written_is_what_the_fields_say(cast, facts):
    cast.charlie.avatar_url = "https://example.org/a.png"
    cast.charlie.save()
    first = send_message(actor=cast.bob, channel_id=cast.general.pk, content="question")
    sent = send_message(actor=cast.charlie, channel_id=cast.general.pk, content="@bob answer", reply_to=first.pk)
    send_message(actor=cast.charlie, channel_id=cast.general.pk, content="in a thread")
    Message.objects.filter(content="in a thread").update(thread=sent)
    Message.objects.filter(pk=sent.pk).update(**facts)

    message = readable(cast.general).get(pk=sent.pk)

    by_its_fields = ModelSerializer.to_representation(MessageSerializer(), message)
    assert to_json(MessageSerializer(message).data) == to_json(by_its_fields)
    assert by_its_fields["thread_reply_count"] == 1
    if not message.deleted:
        [shown] = [shown for shown in page(cast.general) if shown.pk == message.pk]
        assert to_json(MessageSerializer(shown).data) == to_json(by_its_fields)
