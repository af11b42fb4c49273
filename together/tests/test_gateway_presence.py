"""Coming, going, and choosing how one looks, over real sockets."""

import asyncio

import pytest

from accounts.actions import update_profile
from accounts.models import Presence, User
from together.events.log import EventRecord
from together.gateway import attendance, commands
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.sockets import Client, Site, opened


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that nobody waits for whole seconds."""
    monkeypatch.setattr(attendance, "GRACE", 0.3)
    monkeypatch.setattr(commands, "PRESENCE_PAUSE", 0.3)


async def seen(client: Client, user: User) -> tuple[str, str | None, str | None]:
    """The next news of somebody's presence."""
    while (told := (await client.until("PRESENCE_UPDATE"))["d"])["user_id"] != str(user.pk):
        pass
    assert set(told) == {"user_id", "status", "custom_status", "activity"}
    return told["status"], told["custom_status"], told["activity"]


def test_members_see_each_other_come_and_go(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, alice, presence=True) as watching:
            assert await seen(watching, cast.alice) == ("online", None, None)
            async with opened(site, bob):
                assert await seen(watching, cast.bob) == ("online", None, None)
            assert await seen(watching, cast.bob) == ("offline", None, None)

    alice, bob = token(cast.alice), token(cast.bob)
    run(story())


def test_strangers_hear_nothing(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, mallory, presence=True) as watching:
            assert await seen(watching, cast.mallory) == ("online", None, None)
            async with opened(site, bob, presence=True) as himself:
                assert await seen(himself, cast.bob) == ("online", None, None)
            await watching.silence(0.8)

    mallory, bob = token(cast.mallory), token(cast.bob)
    run(story())


def test_who_closes_one_of_two_devices_or_comes_back_at_once_stays(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, alice, presence=True) as watching:
            await seen(watching, cast.alice)
            async with opened(site, bob):
                assert (await seen(watching, cast.bob))[0] == "online"
                async with opened(site, bob):
                    pass
                await watching.silence(0.8)
            await asyncio.sleep(0.1)
            async with opened(site, bob):
                await watching.silence(0.8)
            assert (await seen(watching, cast.bob))[0] == "offline"

    alice, bob = token(cast.alice), token(cast.bob)
    run(story())
    assert Presence.objects.filter(user=cast.bob).count() == 0


def test_what_one_chose_survives_and_ready_tells_it_to_oneself(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, alice, presence=True) as watching:
            await seen(watching, cast.alice)
            async with opened(site, bob, presence=True) as himself:
                assert himself.frames[0]["d"]["user"]["status"] == "offline"
                assert himself.frames[0]["d"]["user"]["custom_status"] == "hidden"
                await himself.silence(0.5)
            await watching.silence(0.5)

    update_profile(actor=cast.bob, status="offline", custom_status="hidden")
    alice, bob = token(cast.alice), token(cast.bob)
    run(story())
    assert User.objects.get(pk=cast.bob.pk).custom_status == "hidden"


def test_a_socket_chooses_and_what_it_leaves_out_is_cleared(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, alice, presence=True) as watching, opened(site, bob) as himself:
            await seen(watching, cast.bob)
            for said, shown in CHOICES:
                await himself.say({"op": "PRESENCE_UPDATE", "d": said})
                assert await seen(watching, cast.bob) == shown
            told = [frame["d"]["status"] for frame in himself.frames if frame["t"] == "USER_UPDATE"]
            assert told == []
            assert (await himself.until("USER_UPDATE"))["d"]["status"] == "dnd"

    alice, bob = token(cast.alice), token(cast.bob)
    run(story())


CHOICES = [
    ({"status": "dnd", "custom_status": "busy", "activity": "chess"}, ("dnd", "busy", "chess")),
    ({"status": "away", "activity": "a" * 128}, ("away", None, "a" * 128)),
    ({"custom_status": "back", "activity": 7}, ("online", "back", None)),
    ({"status": None, "custom_status": ""}, ("online", None, None)),
    ({"status": "offline", "custom_status": "hidden"}, ("offline", None, None)),
]


@pytest.mark.parametrize(
    "said",
    [
        None,
        "away",
        ["away"],
        {"status": "busy"},
        {"status": "away", "custom_status": "c" * 129},
        {"status": "away", "activity": "a" * 129},
        {"status": "away", "activity": "a\x00"},
    ],
)
def test_what_is_not_sound_is_ignored(site: Site, cast: Cast, said: object) -> None:
    async def story() -> None:
        async with opened(site, bob, presence=True) as himself:
            await seen(himself, cast.bob)
            await himself.say({"op": "PRESENCE_UPDATE", "d": said})
            await himself.silence()
            await himself.say({"op": "PRESENCE_UPDATE", "d": {"status": "away"}})
            assert (await seen(himself, cast.bob))[0] == "away"

    bob = token(cast.bob)
    run(story())


def test_of_many_choices_the_last_counts_and_few_are_written(site: Site, cast: Cast) -> None:
    async def story() -> list[str]:
        async with opened(site, bob, presence=True) as himself:
            await seen(himself, cast.bob)
            for number in range(40):
                await himself.say({"op": "PRESENCE_UPDATE", "d": {"custom_status": str(number)}})
        # The socket is gone, and the last choice is still to be written.
        await asyncio.sleep(0.8)
        return [frame["d"]["custom_status"] for frame in himself.frames if frame["t"] == "USER_UPDATE"]

    bob = token(cast.bob)
    assert len(run(story())) <= 2
    assert User.objects.get(pk=cast.bob.pk).custom_status == "39"


def test_a_choice_made_over_rest_is_told_too(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, alice, presence=True) as watching, opened(site, bob):
            await seen(watching, cast.bob)
            await act(update_profile, actor=cast.bob, status="dnd")
            assert await seen(watching, cast.bob) == ("dnd", None, None)

    alice, bob = token(cast.alice), token(cast.bob)
    run(story())


def test_who_was_taken_for_gone_while_their_process_was_away_comes_anew(
    site: Site, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        async with opened(site, bob, presence=True) as himself:
            await seen(himself, cast.bob)
            await act(Presence.objects.all().delete)
            # Somebody else's coming wakes the keeper.
            async with opened(site, alice):
                assert (await seen(himself, cast.bob))[0] == "online"

    monkeypatch.setattr(attendance, "TICK", 0.2)
    alice, bob = token(cast.alice), token(cast.bob)
    run(story())


def test_what_a_person_chooses_counts_once_in_a_while_over_however_many_sockets(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with (
            opened(site, alice, presence=True) as watching,
            opened(site, bob) as one,
            opened(site, bob) as two,
            opened(site, bob) as three,
        ):
            for number in range(10):
                for client in (one, two, three):
                    last = f"{number} {id(client)}"
                    await client.say({"op": "PRESENCE_UPDATE", "d": {"custom_status": last}})
                await asyncio.sleep(0.01)
            while (await seen(watching, cast.bob))[1] != last:
                pass

    alice, bob = token(cast.alice), token(cast.bob)
    run(story())
    # The first and the last; on a slow machine one between. Each socket for itself would make six.
    assert 2 <= EventRecord.objects.filter(name="USER_UPDATE").count() <= 4
