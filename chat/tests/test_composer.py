"""Where one types, or why one cannot."""

from datetime import timedelta

from django.utils import timezone

from guilds.models import Channel, Timeout
from guilds.permissions import Permission
from together.testing.cast import Cast
from together.testing.pages import SCRIPT, browse, text_of


def address(cast: Cast, tail: str = "") -> str:
    return f"/channels/{cast.server.pk}/{cast.general.pk}{tail}"


def test_who_is_timed_out_is_told_until_when(cast: Cast) -> None:
    until = timezone.now() + timedelta(hours=1)
    Timeout.objects.create(server=cast.server, user=cast.charlie, expires_at=until)
    for tail in ("", "/composer"):
        page = text_of(browse(cast.charlie).get(address(cast, tail)))
        assert "You are timed out until" in page
        assert f'<time datetime="{until:%Y-%m-%dT%H:%M:%S.%fZ}"' in page
        assert "<textarea" not in page
    assert "<textarea" in text_of(browse(cast.bob).get(address(cast, "/composer")))


def test_who_may_only_read_is_told_which_step_says_so(cast: Cast) -> None:
    Channel.objects.filter(pk=cast.general.pk).update(default_deny=int(Permission.SEND_MESSAGES))
    page = text_of(browse(cast.charlie).get(address(cast, "/composer")))
    assert "You may read here, but not write." in page
    assert "Denied to everyone in this channel." in page
    assert "<textarea" in text_of(browse(cast.alice).get(address(cast, "/composer")))


def test_slow_mode_is_announced_to_those_who_wait(cast: Cast) -> None:
    Channel.objects.filter(pk=cast.general.pk).update(slow_mode=30)
    assert "one message every 30 seconds" in text_of(browse(cast.charlie).get(address(cast)))
    assert "one message every" not in text_of(browse(cast.bob).get(address(cast)))


def test_a_message_that_came_too_fast_says_how_long_to_wait(cast: Cast) -> None:
    Channel.objects.filter(pk=cast.general.pk).update(slow_mode=300)
    client = browse(cast.charlie)
    assert client.post(address(cast), {"content": "One"}).status_code == 303
    for headers in ({}, SCRIPT):
        refused = client.post(address(cast), {"content": "Two"}, headers=headers)
        assert refused.status_code == 429
        assert "Please wait 5 minutes, then try again." in text_of(refused)
        assert 0 < int(refused["Retry-After"]) <= 300
    assert browse(cast.bob).post(address(cast), {"content": "Three"}).status_code == 303


def test_it_is_nowhere_for_whom_the_channel_is_hidden(cast: Cast) -> None:
    hidden = f"/channels/{cast.server.pk}/{cast.secret.pk}/composer"
    assert browse(cast.charlie).get(hidden).status_code == 404
    assert browse(cast.bob).get(hidden).status_code == 200
    assert browse(cast.mallory).get(address(cast, "/composer")).status_code == 404
    assert browse().get(address(cast, "/composer")).status_code == 302
