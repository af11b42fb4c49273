"""Timeouts, kicks, bans and the handing over of a server by page: each asks first, and names its target."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guilds.models import Ban, Member, Timeout
from guilds.permissions import Permission
from together.testing.cast import Cast
from together.testing.pages import browse, text_of

P = Permission
HX = {"HX-Request": "true"}


@pytest.fixture
def moderated(cast: Cast) -> Cast:
    cast.moderator.permissions |= P.MUTE_MEMBERS | P.KICK_MEMBERS | P.BAN_MEMBERS
    cast.moderator.save()
    return cast


def address(cast: Cast, name: str, tail: str) -> str:
    return f"/channels/{cast.server.pk}/members/{getattr(cast, name).pk}/{tail}"


@pytest.mark.parametrize(
    ("act", "question"), [("timeout", "Time charlie out?"), ("kick", "Kick charlie?"), ("ban", "Ban charlie?")]
)
def test_each_act_asks_first(moderated: Cast, act: str, question: str) -> None:
    client = browse(moderated.bob)
    page = address(moderated, "charlie", act)
    assert question in text_of(client.get(page))
    fragment = text_of(client.get(page, headers=HX))
    assert question in fragment
    assert "<html" not in fragment
    assert Member.objects.filter(user=moderated.charlie).exists()
    assert not Timeout.objects.exists()
    assert browse(moderated.mallory).get(page).status_code == 404


@pytest.mark.parametrize("act", ["timeout", "kick", "ban"])
def test_who_may_not_is_refused(moderated: Cast, act: str) -> None:
    wanted = {"duration_minutes": "60"}
    for target in ("alice", "bob"):
        page = address(moderated, target, act)
        assert browse(moderated.charlie).get(page).status_code in (400, 403)
        assert browse(moderated.charlie).post(page, wanted).status_code in (400, 403)
        assert browse(moderated.bob).post(page, wanted).status_code in (400, 403)
    assert Member.objects.filter(server=moderated.server).count() == 3
    assert not Timeout.objects.exists()
    assert browse(moderated.bob).post(address(moderated, "charlie", act), wanted).status_code == 302


def test_a_timeout_lasts_as_long_as_was_chosen_and_can_be_ended(moderated: Cast) -> None:
    client = browse(moderated.bob)
    back = f"/channels/{moderated.server.pk}/{moderated.general.pk}"
    wanted = {"duration_minutes": "60", "reason": "Too loud", "next": back}
    assert client.post(address(moderated, "charlie", "timeout"), wanted)["Location"] == back
    timeout = Timeout.objects.get(user=moderated.charlie)
    assert timeout.reason == "Too loud"
    assert timedelta(minutes=59) < timeout.expires_at - timezone.now() <= timedelta(minutes=60)
    page = text_of(client.get(f"/channels/{moderated.server.pk}/members/{moderated.charlie.pk}"))
    assert "Timed out until" in page
    assert "Too loud" in page
    assert "Timed out" in text_of(client.get(f"/channels/{moderated.server.pk}/settings/members"))
    assert browse(moderated.charlie).post(address(moderated, "charlie", "timeout/end")).status_code in (400, 403)
    assert Timeout.objects.exists()
    assert client.post(address(moderated, "charlie", "timeout/end")).status_code == 302
    assert not Timeout.objects.exists()


@pytest.mark.parametrize("change", [{"duration_minutes": "7"}, {"duration_minutes": ""}, {"reason": "x" * 513}])
def test_what_breaks_a_rule_is_said_beside_its_field(moderated: Cast, change: dict[str, str]) -> None:
    wanted = {"duration_minutes": "60", "reason": ""}
    answer = browse(moderated.bob).post(address(moderated, "charlie", "timeout"), {**wanted, **change})
    assert answer.status_code == 400
    assert f'id="id_{next(iter(change))}_error"' in text_of(answer)
    assert not Timeout.objects.exists()


def test_who_was_kicked_is_gone_and_so_is_their_page(moderated: Cast) -> None:
    client = browse(moderated.bob)
    answer = client.post(address(moderated, "charlie", "kick"), {"reason": "Bye"})
    assert answer["Location"] == f"/channels/{moderated.server.pk}/settings/members"
    assert "charlie was kicked." in text_of(client.get(answer["Location"]))
    assert not Member.objects.filter(user=moderated.charlie).exists()
    assert client.get(address(moderated, "charlie", "kick")).status_code == 404


def test_a_ban_has_a_reason_and_an_end(moderated: Cast) -> None:
    wanted = {"reason": "Spam", "expires_in_hours": "24", "delete_messages_hours": "1"}
    assert browse(moderated.bob).post(address(moderated, "charlie", "ban"), wanted).status_code == 302
    ban = Ban.objects.get(user=moderated.charlie)
    assert ban.reason == "Spam"
    assert ban.expires_at
    assert ban.banned_by == moderated.bob


def test_on_a_members_page_acts_that_one_may_not_do_say_why(moderated: Cast) -> None:
    page = f"/channels/{moderated.server.pk}/members/{moderated.alice.pk}"
    text = text_of(browse(moderated.bob).get(page))
    assert 'aria-disabled="true"' in text
    assert "Nobody can do that to the owner of the server." in text
    other = text_of(browse(moderated.bob).get(f"/channels/{moderated.server.pk}/members/{moderated.charlie.pk}"))
    assert address(moderated, "charlie", "kick") in other


def test_a_server_changes_hands_when_the_name_was_typed(cast: Cast) -> None:
    page = address(cast, "bob", "transfer")
    client = browse(cast.alice)
    assert "Give Gaming Squad to bob?" in text_of(client.get(page))
    assert client.post(page, {"typed": "charlie"}).status_code == 400
    assert browse(cast.bob).get(page).status_code == 403
    assert browse(cast.bob).post(address(cast, "charlie", "transfer"), {"typed": "charlie"}).status_code == 403
    cast.server.refresh_from_db()
    assert cast.server.owner == cast.alice
    assert client.post(page, {"typed": "bob"}).status_code == 302
    cast.server.refresh_from_db()
    assert cast.server.owner == cast.bob
