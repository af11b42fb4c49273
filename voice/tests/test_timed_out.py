"""Who is timed out takes part in nothing, voice channels included."""

from guilds.actions import time_out
from guilds.models import Channel, ChannelType, Member, Server
from voice.models import VoiceState


def test_they_are_taken_out_and_those_who_see_the_channel_hear_of_it(cast, told):
    lounge = Channel.objects.create(server=cast.server, name="lounge", type=ChannelType.VOICE)
    for user in (cast.bob, cast.charlie):
        VoiceState.objects.create(user=user, channel=lounge)
    time_out(actor=cast.alice, server=cast.server, user=cast.charlie, duration_minutes=5)
    assert [state.user for state in VoiceState.objects.all()] == [cast.bob]
    assert [(event.name, event.audiences) for event in told()] == [
        ("MEMBER_TIMEOUT", [f"server:{cast.server.pk}"]),
        ("VOICE_STATE_UPDATE", [f"channel:{lounge.pk}"]),
    ]


def test_in_another_server_they_stay(cast):
    elsewhere = Server.objects.create(name="B", owner=cast.charlie)
    Member.objects.create(server=elsewhere, user=cast.charlie)
    room = Channel.objects.create(server=elsewhere, name="room", type=ChannelType.VOICE)
    VoiceState.objects.create(user=cast.charlie, channel=room)
    time_out(actor=cast.alice, server=cast.server, user=cast.charlie, duration_minutes=5)
    assert VoiceState.objects.filter(user=cast.charlie, channel=room).exists()
