"""The audit log by page: in words, narrowed, paged, and silent about what its reader may not see."""

import pytest

from guilds import actions
from guilds.permissions import Permission
from together.testing.cast import Cast
from together.testing.pages import browse, text_of


def address(cast: Cast, query: str = "") -> str:
    return f"/channels/{cast.server.pk}/settings/audit{query}"


def log(cast: Cast, name: str, query: str = "") -> str:
    return text_of(browse(getattr(cast, name)).get(address(cast, query))).split('class="log"')[1]


def test_what_was_before_and_after_is_readable(cast: Cast) -> None:
    actions.update_channel(actor=cast.alice, channel=cast.general, name="lobby")
    role = actions.create_role(actor=cast.alice, server=cast.server, name="Guests")
    actions.update_role(actor=cast.alice, role=role, permissions=int(Permission.SPEAK | Permission.ATTACH_FILES))
    actions.kick_member(actor=cast.alice, server=cast.server, user=cast.charlie, reason="Too loud")
    actions.time_out(actor=cast.alice, server=cast.server, user=cast.bob, duration_minutes=90)
    text = log(cast, "alice")
    assert "for 2 hours" in text
    assert "<del>general</del>" in text
    assert "<ins>lobby</ins>" in text
    assert "<ins>Attach files, Speak</ins>" in text
    assert "See channels" not in text
    assert "changed the role <strong><bdi>Guests</bdi></strong>" in text
    assert "kicked <strong><bdi>charlie</bdi></strong>" in text
    assert "Too loud" in text


def test_it_is_narrowed_by_act_and_by_actor(cast: Cast) -> None:
    actions.update_channel(actor=cast.bob, channel=cast.general, name="lobby")
    actions.kick_member(actor=cast.alice, server=cast.server, user=cast.charlie)
    assert "kicked" not in log(cast, "bob", "?action=channel_update")
    assert "changed the channel" in log(cast, "bob", "?action=channel_update")
    assert "changed the channel" not in log(cast, "bob", f"?actor={cast.alice.pk}")
    assert "kicked" in log(cast, "bob", f"?actor={cast.alice.pk}")
    assert "kicked" in log(cast, "bob", "?action=nonsense&actor=x&before=x")


def test_it_is_paged(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("guilds.views.audit.PAGE", 2)
    for name in ("one", "two", "three"):
        actions.create_category(actor=cast.alice, server=cast.server, name=name)
    first = log(cast, "bob")
    assert "<bdi>three</bdi>" in first
    assert "<bdi>one</bdi>" not in first
    older = first.split('href="?')[1].split('"')[0].replace("&amp;", "&")
    assert "<bdi>one</bdi>" in log(cast, "bob", f"?{older}")


def test_what_is_about_a_hidden_channel_says_no_more_than_that(cast: Cast) -> None:
    hidden = actions.create_channel(
        actor=cast.alice, server=cast.server, name="vault", type="text", default_deny=int(Permission.VIEW_CHANNEL)
    )
    actions.update_channel(actor=cast.alice, channel=hidden, topic="Treasures")
    page = text_of(browse(cast.bob).get(address(cast)))
    assert "This is about something that you cannot see." in page
    assert "vault" not in page
    assert "Treasures" not in page
    assert str(hidden.pk) not in page
    assert "Treasures" in log(cast, "alice")


def test_who_does_not_manage_the_server_reads_none(cast: Cast) -> None:
    assert browse(cast.charlie).get(address(cast)).status_code == 403
    assert browse(cast.mallory).get(address(cast)).status_code == 404
    assert browse(cast.bob).get(address(cast)).status_code == 200
