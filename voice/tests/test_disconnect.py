"""Whoever is no longer in a server is no longer in its voice channels."""

import pytest

from guilds.models import Channel, ChannelType, Member, Server
from voice.models import VoiceState


@pytest.fixture
def lounge(cast):
    return Channel.objects.create(server=cast.server, name="lounge", type=ChannelType.VOICE)


def kick(api, cast):
    return api(cast.alice).post(f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/kick")


def ban(api, cast):
    return api(cast.alice).post(f"/servers/{cast.server.pk}/members/{cast.charlie.pk}/ban")


def leave(api, cast):
    return api(cast.charlie).delete(f"/servers/{cast.server.pk}/leave")


@pytest.mark.parametrize("act", [kick, ban, leave])
def test_they_are_taken_out_and_those_who_see_the_channel_hear_of_it(api, cast, lounge, told, frames, act):
    VoiceState.objects.create(user=cast.charlie, channel=lounge)
    VoiceState.objects.create(user=cast.bob, channel=lounge)

    assert act(api, cast).status_code == 204

    assert [state.user for state in VoiceState.objects.all()] == [cast.bob]
    names = [event.name for event in told()]
    assert names[1:] == ["VOICE_STATE_UPDATE", "@access_changed"]
    frame = frames()[1]
    assert frame.audiences == [f"channel:{lounge.pk}"]
    assert frame.d == {
        "user_id": str(cast.charlie.pk),
        "username": "charlie",
        "channel_id": None,
        "self_mute": False,
        "self_deaf": False,
        "self_video": False,
        "self_screen": False,
        "server_mute": False,
        "server_deaf": False,
        "joined_at": None,
    }


@pytest.mark.parametrize("act", [kick, ban])
def test_in_another_server_they_stay(api, cast, told, act):
    elsewhere = Server.objects.create(name="B", owner=cast.charlie)
    Member.objects.create(server=elsewhere, user=cast.charlie)
    room = Channel.objects.create(server=elsewhere, name="room", type=ChannelType.VOICE)
    VoiceState.objects.create(user=cast.charlie, channel=room)
    assert act(api, cast).status_code == 204
    assert VoiceState.objects.filter(user=cast.charlie, channel=room).exists()
    assert "VOICE_STATE_UPDATE" not in {event.name for event in told()}


def test_banning_a_stranger_takes_them_out_of_nothing(api, cast, told):
    elsewhere = Server.objects.create(name="B", owner=cast.mallory)
    room = Channel.objects.create(server=elsewhere, name="room", type=ChannelType.VOICE)
    VoiceState.objects.create(user=cast.mallory, channel=room)
    api(cast.alice).post(f"/servers/{cast.server.pk}/members/{cast.mallory.pk}/ban")
    assert VoiceState.objects.filter(user=cast.mallory).exists()
    assert [event.name for event in told()] == ["MEMBER_BAN"]
