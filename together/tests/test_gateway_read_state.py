"""What is unread, as READY tells it, and how one device tells the other what was read."""

import pytest

from chat.actions import acknowledge, send_message
from together.events import bus
from together.events.bus import Frame
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.resuming import announced
from together.testing.sockets import Site, opened


def test_ready_counts_what_is_new_in_channels_that_one_sees(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as charlie, opened(site, tokens[1]) as bob:
            ready = charlie.frames[0]["d"]
            assert ready["unread_counts"] == [{"channel_id": general, "unread_count": 2}]
            assert ready["mention_counts"] == [{"channel_id": general, "count": 1}]
            # bob wrote last in the one and has not read the other.
            assert bob.frames[0]["d"]["unread_counts"] == [{"channel_id": str(cast.secret.pk), "unread_count": 1}]

    general = str(cast.general.pk)
    send_message(actor=cast.alice, channel_id=cast.secret.pk, content="@everyone")
    send_message(actor=cast.alice, channel_id=cast.general.pk, content="@charlie")
    send_message(actor=cast.bob, channel_id=cast.general.pk, content="hello")
    tokens = token(cast.charlie), token(cast.bob)
    run(story())


def test_what_ready_counts_is_not_told_again_however_late_the_bus_is(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    late: list[list[Frame]] = []
    send = bus.send

    async def story() -> None:
        monkeypatch.setattr(bus, "send", late.append)
        await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="counted")
        await announced()
        async with opened(site, charlie) as client:
            assert [one["unread_count"] for one in client.frames[0]["d"]["unread_counts"]] == [1]
            monkeypatch.setattr(bus, "send", send)
            for frames in late:
                send(frames)
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="told")
            assert (await client.next())["d"]["content"] == "told"

    charlie = token(cast.charlie)
    run(story())
    assert late


def test_what_one_device_has_read_the_other_hears_and_nobody_else(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, tokens[0]) as one, opened(site, tokens[0]) as two, opened(site, tokens[1]) as bob:
            await act(acknowledge, actor=cast.charlie, channel=cast.general)
            for client in (one, two):
                told = (await client.until("CHANNEL_ACK"))["d"]
                assert told == {
                    "channel_id": str(cast.general.pk),
                    "last_read_message_id": str(message.pk),
                    "unread_count": 0,
                    "mention_count": 0,
                }
            await bob.silence()
        async with opened(site, tokens[0]) as again:
            assert again.frames[0]["d"]["unread_counts"] == []

    message = send_message(actor=cast.bob, channel_id=cast.general.pk, content="hello")
    tokens = token(cast.charlie), token(cast.bob)
    run(story())
