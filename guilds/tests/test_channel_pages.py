"""Making channels by page, and what stands around every page of a server."""

import pytest

from guilds.models import Channel, ChannelType, Member
from together.testing.cast import Cast
from together.testing.pages import browse, text_of


def test_who_manages_channels_makes_one(cast: Cast) -> None:
    client = browse(cast.bob)
    wanted = {"name": "plans", "type": "text", "category": "Later"}
    answer = client.post(f"/channels/{cast.server.pk}/new", wanted)
    channel = Channel.objects.get(name="plans")
    assert answer["Location"] == f"/channels/{cast.server.pk}/{channel.pk}"
    assert channel.parent
    assert channel.parent.name == "Later"
    assert client.get(answer["Location"]).status_code == 200


def test_others_may_not_and_are_not_shown_the_way(cast: Cast) -> None:
    client = browse(cast.charlie)
    address = f"/channels/{cast.server.pk}/new"
    assert client.get(address).status_code == 403
    assert client.post(address, {"name": "plans", "type": "text"}).status_code == 403
    assert address not in text_of(client.get(f"/channels/{cast.server.pk}/{cast.general.pk}"))
    assert address in text_of(browse(cast.bob).get(f"/channels/{cast.server.pk}/{cast.general.pk}"))


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "\x00"}, "name"),
        ({"name": "x" * 101}, "name"),
        ({"type": "category"}, "type"),
        ({"type": ""}, "type"),
        ({"category": "x" * 101}, "category"),
        ({"category": "a\x07b"}, "category"),
    ],
)
def test_what_breaks_a_rule_is_said_beside_its_field(cast: Cast, changed: dict[str, str], field: str) -> None:
    wanted = {"name": "plans", "type": "text", "category": "Later"}
    answer = browse(cast.bob).post(f"/channels/{cast.server.pk}/new", {**wanted, **changed})
    assert answer.status_code == 400
    assert f'id="id_{field}_error"' in text_of(answer)
    assert not Channel.objects.filter(name="plans").exists()


def test_channels_are_shown_by_category(cast: Cast) -> None:
    Channel.objects.create(server=cast.server, name="loose", position=9)
    text = text_of(browse(cast.alice).get(f"/channels/{cast.server.pk}/{cast.general.pk}"))
    places = [text.index(f"<bdi>{name}</bdi><") for name in ("loose", "Text", "general", "secret")]
    assert places == sorted(places)


def test_a_hidden_channel_is_nowhere_on_any_page(cast: Cast) -> None:
    pages = ["/servers", "/channels/{s}/{g}", "/channels/{s}/panels?channel={g}", "/channels/{s}/panels?channel={h}"]
    names = {"s": cast.server.pk, "g": cast.general.pk, "h": cast.secret.pk}
    for page in pages:
        seen = browse(cast.bob).get(page.format(**names))
        hidden = browse(cast.charlie).get(page.format(**names))
        assert seen.status_code == hidden.status_code == 200
        assert "secret" not in text_of(hidden)
        assert str(cast.secret.pk) not in text_of(hidden)
        assert page == "/servers" or "secret" in text_of(seen)


def test_a_category_of_which_one_sees_nothing_is_not_seen(cast: Cast) -> None:
    staff = Channel.objects.create(server=cast.server, name="Staff only", type=ChannelType.CATEGORY)
    Channel.objects.filter(pk=cast.secret.pk).update(parent=staff)
    address = f"/channels/{cast.server.pk}/{cast.general.pk}"
    assert "Staff only" in text_of(browse(cast.bob).get(address))
    assert "Staff only" not in text_of(browse(cast.charlie).get(address))


def test_members_are_listed_with_their_nicknames_as_text(cast: Cast) -> None:
    Member.objects.filter(user=cast.bob).update(nickname="<i>Bobby</i>")
    text = text_of(browse(cast.charlie).get(f"/channels/{cast.server.pk}/{cast.general.pk}"))
    assert "&lt;i&gt;Bobby&lt;/i&gt;" in text
    assert "<i>Bobby</i>" not in text
    assert "mallory" not in text


@pytest.mark.parametrize("here", ["", "?channel=", "?channel=x", "?channel=%00", "?channel=" + "a" * 500])
def test_the_panels_take_any_nonsense_for_no_channel(cast: Cast, here: str) -> None:
    answer = browse(cast.charlie).get(f"/channels/{cast.server.pk}/panels{here}")
    assert answer.status_code == 200
    assert 'aria-current="page"' not in text_of(answer)
