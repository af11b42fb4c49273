"""Putting a backup back: what clients remember from before it means nothing any more."""

from functools import partial

from django.core.management import call_command

from together.events.log import position
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.resuming import announced, place_of, resumes, say
from together.testing.sockets import Site


def test_who_comes_back_after_a_backup_was_restored_starts_afresh(site: Site, cast: Cast) -> None:
    async def story() -> None:
        place = await place_of(site, bob)
        await say(cast, "one")
        await announced()
        assert await resumes(site, bob, place)
        _life, number = await act(position)
        await act(partial(call_command, "restored"))
        assert not await resumes(site, bob, place)
        assert (await act(position))[1] == number

    bob = token(cast.bob)
    run(story())
