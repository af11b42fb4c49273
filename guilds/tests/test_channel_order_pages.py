"""The channels of a server in settings: their order by steps and by dragging, and new categories."""

import pytest

from guilds.models import Channel, ChannelType
from guilds.views.arrangement import rearranged
from together.testing.cast import Cast
from together.testing.pages import browse, text_of

HX = {"HX-Request": "true"}


def address(cast: Cast, tail: str = "") -> str:
    return f"/channels/{cast.server.pk}/settings/channels{tail}"


def name(channel: Channel) -> str:
    return f"{'category' if channel.type == 'category' else 'channel'}:{channel.pk}"


def listed(cast: Cast) -> list[tuple[str, str | None]]:
    channels = Channel.objects.filter(server=cast.server).listed()
    return [(channel.name, channel.category) for channel in channels]


def test_a_channel_moves_by_a_step_and_out_of_its_category(cast: Cast) -> None:
    client = browse(cast.bob)
    assert client.post(address(cast, "/order"), {"up": name(cast.secret)})["Location"] == address(cast)
    assert listed(cast) == [("secret", "Text"), ("general", "Text")]
    client.post(address(cast, "/order"), {"up": name(cast.secret)})
    assert listed(cast) == [("secret", None), ("general", "Text")]
    client.post(address(cast, "/order"), {"down": name(cast.secret)})
    assert listed(cast) == [("secret", "Text"), ("general", "Text")]


def test_everything_moves_at_once_when_it_was_dragged(cast: Cast) -> None:
    later = Channel.objects.create(server=cast.server, name="Later", type=ChannelType.CATEGORY, position=1)
    text = cast.general.parent
    assert text
    order = ",".join(map(name, (later, cast.secret, text, cast.general)))
    fragment = browse(cast.alice).post(address(cast, "/order"), {"order": order}, headers=HX)
    assert fragment.status_code == 200
    assert 'id="order"' in text_of(fragment)
    assert listed(cast) == [("secret", "Later"), ("general", "Text")]
    categories = Channel.objects.filter(server=cast.server).categories()
    assert [category.name for category in categories] == ["Later", "Text"]


def test_who_may_not_sort_is_told_and_nothing_moves(cast: Cast) -> None:
    client = browse(cast.charlie)
    page = text_of(client.get(address(cast)))
    assert "This takes the permission “Manage channels”" in page
    assert "draggable" not in page
    assert "secret" not in page
    before = listed(cast)
    refused = client.post(address(cast, "/order"), {"up": name(cast.general)})
    assert refused.status_code == 403
    assert "MANAGE_CHANNELS" in text_of(refused)
    assert listed(cast) == before


@pytest.mark.parametrize("posted", [{}, {"up": "x"}, {"down": "channel:x"}, {"up": "channel:" + "0" * 32}])
def test_what_means_nothing_moves_nothing(cast: Cast, posted: dict[str, str]) -> None:
    before = listed(cast)
    assert browse(cast.bob).post(address(cast, "/order"), posted).status_code == 302
    assert listed(cast) == before


def test_an_order_that_leaves_something_out_is_refused(cast: Cast) -> None:
    before = listed(cast)
    assert browse(cast.bob).post(address(cast, "/order"), {"order": name(cast.secret)}).status_code >= 400
    assert listed(cast) == before


def test_a_category_is_made(cast: Cast) -> None:
    assert browse(cast.bob).post(address(cast), {"name": "Later"})["Location"] == address(cast)
    assert Channel.objects.filter(name="Later", type=ChannelType.CATEGORY).exists()
    assert browse(cast.bob).post(address(cast), {"name": ""}).status_code == 400
    assert browse(cast.charlie).post(address(cast), {"name": "Mine"}).status_code == 403
    assert not Channel.objects.filter(name="Mine").exists()


def test_a_step_of_a_category_takes_its_channels_along() -> None:
    before = ["channel:a", "category:b", "channel:c", "category:d", "channel:e"]
    down = ["channel:a", "category:d", "channel:e", "category:b", "channel:c"]
    assert rearranged(before, {"down": "category:b"}) == down
    assert rearranged(before, {"up": "category:d"}) == down
    assert rearranged(before, {"up": "category:b"}) == before
    assert rearranged(before, {"up": "channel:a"}) == before
    assert rearranged(before, {"down": "channel:e"}) == before
