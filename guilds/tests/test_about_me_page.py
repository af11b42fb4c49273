"""What was done about oneself, on a page."""

from guilds import actions
from together.testing.cast import Cast
from together.testing.pages import browse, text_of

ADDRESS = "/sessions/acts"


def test_one_reads_what_was_done_and_why_but_not_by_whom(cast: Cast) -> None:
    actions.kick_member(actor=cast.alice, server=cast.server, user=cast.charlie, reason="Too loud")
    page = text_of(browse(cast.charlie).get(ADDRESS))
    assert "You were kicked." in page
    assert "Gaming Squad" in page
    assert "Too loud" in page
    assert "alice" not in page
    assert "Too loud" not in text_of(browse(cast.bob).get(ADDRESS))


def test_a_role_is_named(cast: Cast) -> None:
    member = cast.server.members.get(user=cast.charlie)
    actions.give_role(actor=cast.alice, member=member, role=cast.moderator)
    assert "You were given the role Moderator." in text_of(browse(cast.charlie).get(ADDRESS))


def test_the_way_to_it_is_on_ones_account(cast: Cast) -> None:
    assert ADDRESS in text_of(browse(cast.charlie).get("/sessions"))
    assert "Nothing:" in text_of(browse(cast.charlie).get(ADDRESS))
    assert browse().get(ADDRESS)["Location"] == f"/login?next={ADDRESS}"
