"""What a channel or category is called and about, by page, and its end."""

import uuid

import pytest

from guilds.models import Channel
from together.testing.cast import Cast
from together.testing.pages import browse, text_of


def address(cast: Cast, channel: Channel, tail: str = "") -> str:
    return f"/channels/{cast.server.pk}/{channel.pk}/settings{tail}"


def test_a_channel_is_renamed_described_moved_and_slowed(cast: Cast) -> None:
    page = address(cast, cast.general)
    wanted = {"name": "lobby", "topic": "Hello", "category_id": "", "slow_mode": "30"}
    answer = browse(cast.bob).post(page, wanted)
    assert (answer.status_code, answer["Location"]) == (302, page)
    cast.general.refresh_from_db()
    assert (cast.general.name, cast.general.topic, cast.general.parent) == ("lobby", "Hello", None)
    assert cast.general.slow_mode == 30
    browse(cast.bob).post(page, {**wanted, "topic": ""})
    cast.general.refresh_from_db()
    assert cast.general.topic is None


def test_others_look_at_it_and_are_told_why_no_more(cast: Cast) -> None:
    page = address(cast, cast.general)
    client = browse(cast.charlie)
    assert "This takes the permission “Manage channels”" in text_of(client.get(page))
    refused = client.post(page, {"name": "mine", "slow_mode": "0", "category_id": str(cast.general.parent_id)})
    assert refused.status_code == 403
    assert "MANAGE_CHANNELS" in text_of(refused)
    cast.general.refresh_from_db()
    assert cast.general.name == "general"


@pytest.mark.parametrize("tail", ["", "/permissions", "/why", "/delete"])
def test_a_hidden_channel_has_no_pages(cast: Cast, tail: str) -> None:
    assert browse(cast.charlie).get(address(cast, cast.secret, tail)).status_code == 404
    assert browse(cast.mallory).get(address(cast, cast.general, tail)).status_code == 404
    assert browse(cast.bob).get(address(cast, cast.secret, tail)).status_code == 200
    elsewhere = f"/channels/{uuid.uuid4()}/{cast.general.pk}/settings{tail}"
    assert browse(cast.bob).get(elsewhere).status_code == 404


@pytest.mark.parametrize(
    "change", [{"name": ""}, {"name": "x" * 101}, {"topic": "x" * 1025}, {"slow_mode": "7"}, {"category_id": "x"}]
)
def test_what_breaks_a_rule_is_said_beside_its_field(cast: Cast, change: dict[str, str]) -> None:
    wanted = {"name": "lobby", "topic": "", "category_id": "", "slow_mode": "0"}
    answer = browse(cast.bob).post(address(cast, cast.general), {**wanted, **change})
    assert answer.status_code == 400
    assert f'id="id_{next(iter(change))}_error"' in text_of(answer)


def test_a_channel_goes_after_a_question(cast: Cast) -> None:
    page = address(cast, cast.general, "/delete")
    assert browse(cast.charlie).get(page).status_code == 403
    assert browse(cast.charlie).post(page).status_code == 403
    client = browse(cast.bob)
    assert "Delete the channel general?" in text_of(client.get(page))
    assert Channel.objects.filter(pk=cast.general.pk).exists()
    assert client.post(page)["Location"] == f"/channels/{cast.server.pk}/settings/channels"
    assert not Channel.objects.filter(pk=cast.general.pk).exists()
    assert client.post(page).status_code == 404


def test_a_category_is_renamed_and_goes_without_its_channels(cast: Cast) -> None:
    category = cast.general.parent
    assert category
    client = browse(cast.bob)
    assert client.post(address(cast, category), {"name": "Talk"}).status_code == 302
    category.refresh_from_db()
    assert category.name == "Talk"
    assert "Its channels stay" in text_of(client.get(address(cast, category, "/delete")))
    assert client.post(address(cast, category, "/delete")).status_code == 302
    cast.general.refresh_from_db()
    assert cast.general.parent is None


def test_the_way_to_them_is_beside_the_name_of_the_channel(cast: Cast) -> None:
    page = f"/channels/{cast.server.pk}/{cast.general.pk}"
    assert f'href="{page}/settings"' in text_of(browse(cast.charlie).get(page))
