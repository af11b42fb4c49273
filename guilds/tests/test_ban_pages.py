"""Bans by page: who is banned, why and until when, and letting them in again."""

from datetime import timedelta

from django.utils import timezone

from guilds.models import Ban
from together.testing.cast import Cast
from together.testing.pages import browse, text_of


def address(cast: Cast, tail: str = "") -> str:
    return f"/channels/{cast.server.pk}/settings/bans{tail}"


def test_bans_in_force_are_listed_with_reason_and_end(cast: Cast) -> None:
    assert "Nobody is banned." in text_of(browse(cast.alice).get(address(cast)))
    soon = timezone.now() + timedelta(days=1)
    Ban.objects.create(server=cast.server, user=cast.mallory, reason="Spam", expires_at=soon, banned_by=cast.bob)
    over = timezone.now() - timedelta(days=1)
    Ban.objects.create(server=cast.server, user=cast.charlie, expires_at=over)
    page = text_of(browse(cast.alice).get(address(cast))).split('class="sheet')[1]
    assert "mallory" in page
    assert "Spam" in page
    assert f'datetime="{soon:%Y-%m-%dT%H:%M:%S}' in page
    assert "charlie" not in page


def test_a_ban_is_lifted_after_a_question(cast: Cast) -> None:
    Ban.objects.create(server=cast.server, user=cast.mallory)
    page = address(cast, f"/{cast.mallory.pk}/lift")
    client = browse(cast.alice)
    assert "Lift the ban of mallory?" in text_of(client.get(page))
    assert browse(cast.charlie).get(page).status_code == 403
    assert browse(cast.charlie).post(page).status_code == 403
    assert browse(cast.mallory).post(page).status_code == 404
    assert Ban.objects.exists()
    assert client.post(page)["Location"] == address(cast)
    assert not Ban.objects.exists()
    assert client.post(page).status_code == 404
