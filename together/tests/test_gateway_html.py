"""Pages hear of messages as HTML, which is rendered while a page listens and for nobody else."""

from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction

from chat.actions import send_message
from together import events
from together.events import announcer, bus
from together.events.bus import Frame
from together.testing.cast import Cast
from together.testing.gateway import act, run, token
from together.testing.pages import browse
from together.testing.sockets import Site, opened


@pytest.fixture
def pages() -> list[str]:
    """The pages that listen."""
    return []


@pytest.fixture
def heard(pages: list[str], monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Frame]]:
    """Every frame that the bus is handed."""
    monkeypatch.setattr(announcer, "_prepared", {})
    frames: list[Frame] = []
    bus.listen(frames.extend, lambda: bool(pages))
    yield frames
    bus.unlisten(frames.extend)


def publish(word: str, html: str) -> None:
    def render() -> str:
        if not html:
            raise AssertionError("Nobody reads this.")
        return html

    with transaction.atomic():
        events.publish(events.Event("TEST", ("user:x",), build=lambda: events.Payload({"word": word}, render)))


def test_nothing_is_rendered_before_a_page_listens(
    transactional_db: None, heard: list[Frame], pages: list[str]
) -> None:
    publish("one", "")
    events.drain()
    pages.append("a page")
    publish("two", "<p>two</p>")
    events.drain()
    assert [(frame.d["word"], frame.html) for frame in heard] == [("one", None), ("two", "<p>two</p>")]


def test_what_cannot_be_rendered_holds_up_nothing(transactional_db: None, heard: list[Frame], pages: list[str]) -> None:
    pages.append("a page")
    publish("one", "")
    publish("two", "<p>two</p>")
    assert events.drain() == 2
    assert [(frame.name, frame.html) for frame in heard] == [("@nothing", None), ("TEST", "<p>two</p>")]


def test_behind_redis_pages_are_taken_for_granted(pages: list[str], heard: list[Frame], settings) -> None:
    assert not bus.pages_listen()
    settings.REDIS_URL = "redis://127.0.0.1:1"
    assert bus.pages_listen()


def test_a_page_hears_as_html_what_was_said_before_it_came_and_what_is_said_after(site: Site, cast: Cast) -> None:
    async def story() -> None:
        async with opened(site, token_of_bob) as bob:
            place = bob.frames[0]["s"]
            await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="*early*")
            assert "html" not in await bob.until("MESSAGE_CREATE")
            async with opened(site, "", resume=place, additional_headers=cookie, origin=site.url) as page:
                assert "<em>early</em>" in (await page.until("MESSAGE_CREATE"))["html"]
                await act(send_message, actor=cast.alice, channel_id=cast.general.pk, content="*late*")
                assert "<em>late</em>" in (await page.until("MESSAGE_CREATE"))["html"]
                assert "html" not in await bob.until("MESSAGE_CREATE")

    token_of_bob = token(cast.bob)
    browser = browse(cast.bob)
    cookie = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={browser.cookies[settings.SESSION_COOKIE_NAME].value}"}
    run(story())
