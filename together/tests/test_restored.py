"""Putting a backup back: what clients remember from before it means nothing any more."""

from functools import partial

from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from together.events.log import EventClock, position
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


def test_of_a_backup_it_reads_and_writes_nothing_that_an_older_one_does_not_have(db: None) -> None:
    clock = EventClock.objects.create(pk=1, number=2)
    with CaptureQueriesContext(connection) as asked:
        call_command("restored")
    assert EventClock.objects.get().generation != clock.generation
    assert [query["sql"] for query in asked if "announced" in query["sql"]] == []
