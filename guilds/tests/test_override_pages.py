"""Who may do what in a channel, by page: the switches, the matrix, and why."""

from datetime import timedelta

import pytest
from django.utils import timezone

from guilds.models import Channel, Override, Role, Timeout
from guilds.permissions import Permission
from together.testing.cast import Cast
from together.testing.pages import browse, text_of

P = Permission


def address(cast: Cast, tail: str = "permissions", channel: Channel | None = None) -> str:
    return f"/channels/{cast.server.pk}/{(channel or cast.general).pk}/settings/{tail}"


@pytest.fixture
def guests(cast: Cast) -> Role:
    return Role.objects.create(server=cast.server, name="Guests", position=0)


def test_three_switches_make_a_channel_private_read_only_or_as_its_category(cast: Cast) -> None:
    client = browse(cast.alice)
    answer = client.post(address(cast, "rules"), {"read_only": "on"})
    assert answer["Location"] == address(cast)
    cast.general.refresh_from_db()
    assert cast.general.default_deny == P.SEND_MESSAGES
    client.post(address(cast, "rules"), {})
    cast.general.refresh_from_db()
    assert cast.general.default_deny == 0
    client.post(address(cast, "rules"), {"inherits": "on"})
    cast.general.refresh_from_db()
    assert cast.general.inherits
    assert "These are the permissions of the category Text." in text_of(client.get(address(cast)))
    # A switch that says otherwise than the category gives the channel permissions of its own.
    client.post(address(cast, "rules"), {"inherits": "on", "read_only": "on"})
    cast.general.refresh_from_db()
    assert (cast.general.inherits, cast.general.default_deny) == (False, int(P.SEND_MESSAGES))


def test_nobody_takes_from_themselves_what_they_could_not_give_back(cast: Cast, guests: Role) -> None:
    client = browse(cast.bob)
    for tail, posted in (
        ("rules", {"private": "on"}),
        ("rules", {"read_only": "on"}),
        ("permissions", {"everyone-2": "deny"}),
    ):
        refused = client.post(address(cast, tail), posted)
        assert refused.status_code == 400
        assert "You would lose this here yourself" in text_of(refused)
    cast.general.refresh_from_db()
    assert cast.general.default_deny == 0
    Override.objects.create(channel=cast.general, role=cast.moderator, allow=int(P.VIEW_CHANNEL | P.SEND_MESSAGES))
    assert client.post(address(cast, "rules"), {"private": "on", "read_only": "on"}).status_code == 302
    cast.general.refresh_from_db()
    assert cast.general.default_deny == P.VIEW_CHANNEL | P.SEND_MESSAGES


def test_a_private_channel_is_hidden_from_who_is_not_allowed(cast: Cast) -> None:
    assert browse(cast.alice).post(address(cast, "rules"), {"private": "on"}).status_code == 302
    cast.general.refresh_from_db()
    assert cast.general.default_deny == P.VIEW_CHANNEL
    assert browse(cast.charlie).get(f"/channels/{cast.server.pk}/{cast.general.pk}").status_code == 404
    assert "Private:" in text_of(browse(cast.alice).get(address(cast)))


def test_the_matrix_saves_what_was_changed(cast: Cast, guests: Role) -> None:
    client = browse(cast.alice)
    posted = {
        "role": str(guests.pk),
        "person": "charlie",
        f"everyone-{int(P.SEND_MESSAGES)}": "deny",
        f"role-{guests.pk}-{int(P.SEND_MESSAGES)}": "allow",
        f"user-{cast.charlie.pk}-{int(P.ADD_REACTIONS)}": "deny",
        f"user-{cast.charlie.pk}-{int(P.SPEAK)}": "unset",
    }
    assert client.post(address(cast), posted)["Location"] == address(cast)
    cast.general.refresh_from_db()
    assert (cast.general.default_allow, cast.general.default_deny) == (0, int(P.SEND_MESSAGES))
    rows = Override.objects.filter(channel=cast.general)
    assert {(row.role_id or row.user_id, row.allow, row.deny) for row in rows} == {
        (guests.pk, int(P.SEND_MESSAGES), 0),
        (cast.charlie.pk, 0, int(P.ADD_REACTIONS)),
    }
    client.post(address(cast), {f"user-{cast.charlie.pk}-{int(P.ADD_REACTIONS)}": "unset"})
    assert list(rows.values_list("role_id", flat=True)) == [guests.pk]


def test_it_saves_all_or_nothing(cast: Cast, guests: Role) -> None:
    posted = {
        "role": [str(guests.pk), str(cast.moderator.pk)],
        f"role-{guests.pk}-{int(P.SPEAK)}": "deny",
        f"role-{cast.moderator.pk}-{int(P.SPEAK)}": "deny",
    }
    refused = browse(cast.bob).post(address(cast), posted)
    assert refused.status_code == 403
    assert "They do not rank below you" in text_of(refused)
    assert not Override.objects.filter(channel=cast.general).exists()
    assert browse(cast.alice).post(address(cast), posted).status_code == 302
    assert Override.objects.filter(channel=cast.general).count() == 2


def test_what_one_cannot_change_is_greyed_and_says_why(cast: Cast) -> None:
    page = text_of(browse(cast.bob).get(address(cast, channel=cast.secret)))
    assert "They do not rank below you." in page
    assert "You lack this permission yourself." in page
    charlie = text_of(browse(cast.charlie).get(address(cast)))
    assert "This takes the permission “Manage channels”" in charlie
    assert "Save the table" not in charlie
    assert browse(cast.charlie).post(address(cast), {"everyone-2": "deny"}).status_code == 403
    cast.general.refresh_from_db()
    assert cast.general.default_deny == 0


def test_a_channel_that_follows_its_category_gets_a_copy_when_it_is_changed(cast: Cast, guests: Role) -> None:
    category = cast.general.parent
    assert category
    Override.objects.create(channel=category, role=guests, deny=int(P.SPEAK))
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    browse(cast.alice).post(address(cast), {f"role-{guests.pk}-{int(P.SPEAK)}": "unset", "everyone-64": "deny"})
    cast.general.refresh_from_db()
    assert (cast.general.inherits, cast.general.default_deny) == (False, int(P.SPEAK))
    assert not Override.objects.filter(channel=cast.general).exists()
    assert Override.objects.filter(channel=category).exists()


def test_a_category_has_the_same_pages(cast: Cast) -> None:
    category = cast.general.parent
    assert category
    client = browse(cast.alice)
    assert "They hold in every channel of this category" in text_of(client.get(address(cast, channel=category)))
    assert client.post(address(cast, "rules", category), {"read_only": "on"}).status_code == 302
    category.refresh_from_db()
    assert category.default_deny == P.SEND_MESSAGES
    assert client.get(address(cast, "why", category)).status_code == 200


def test_nobody_can_be_added_who_is_not_a_member(cast: Cast) -> None:
    answer = browse(cast.alice).get(address(cast) + "?person=mallory")
    assert answer.status_code == 404
    assert "Nobody of that name is a member." in text_of(answer)
    assert "charlie" in text_of(browse(cast.alice).get(address(cast) + "?person=charlie"))
    assert browse(cast.alice).get(address(cast) + "?person=%00&role=x").status_code == 404


def test_each_may_ask_why_for_themselves(cast: Cast) -> None:
    Channel.objects.filter(pk=cast.general.pk).update(default_deny=int(P.SEND_MESSAGES))
    page = text_of(browse(cast.charlie).get(address(cast, "why")))
    assert "Denied to everyone in this channel." in page
    assert "Everyone in this server may." in page
    assert 'name="person"' not in page
    assert "What I may do here" in text_of(browse(cast.charlie).get(address(cast, "why") + "?person=bob"))


def test_who_manages_roles_asks_for_any_member(cast: Cast) -> None:
    Timeout.objects.create(server=cast.server, user=cast.charlie, expires_at=timezone.now() + timedelta(hours=1))
    client = browse(cast.alice)
    page = text_of(client.get(address(cast, "why") + "?person=Charlie"))
    assert "What charlie may do here" in page
    assert "Timed out: reading is all that is left." in page
    assert "It ends:" in page
    by_role = text_of(client.get(address(cast, "why", cast.secret) + "?person=bob"))
    assert "Allowed to the role Moderator in this channel." in by_role
    assert client.get(address(cast, "why") + "?person=mallory").status_code == 404
