"""The list of one's sign-ins, and the theme."""

import uuid

from django.test import Client

from accounts.actions import sign_in
from accounts.models import Session
from together.testing.cast import Cast
from together.testing.pages import browse, text_of


def test_page_and_api_sign_ins_are_listed_alike(cast: Cast) -> None:
    sign_in(user=cast.alice, client="Mozilla/5.0 (iPhone; like Mac OS X) AppleWebKit Safari/604.1")
    sign_in(user=cast.alice, client="together-cli/1.0")
    text = text_of(browse(cast.alice).get("/sessions"))
    assert "Safari on iPhone" in text
    assert "together-cli/1.0" in text
    assert text.count('class="badge"') == 1


def test_ending_another_sign_in_of_mine(cast: Cast) -> None:
    client, elsewhere = browse(cast.alice), browse(cast.alice)
    other = Session.objects.live().filter(user=cast.alice).order_by("-last_active").first()
    assert other
    assert client.post(f"/sessions/{other.pk}/revoke").status_code == 302
    assert [client.get("/sessions").status_code, elsewhere.get("/sessions").status_code].count(302) == 1


def test_the_sign_in_of_somebody_else_is_out_of_reach(cast: Cast) -> None:
    session, _token = sign_in(user=cast.bob)
    client = browse(cast.alice)
    client.post(f"/sessions/{session.pk}/revoke")
    client.post(f"/sessions/{uuid.uuid4()}/revoke")
    assert Session.objects.live().filter(pk=session.pk).exists()


def test_the_list_takes_a_sign_in(db: None) -> None:
    assert browse().get("/sessions")["Location"] == "/login?next=/sessions"


def test_the_theme_is_kept_and_is_one_of_three(db: None) -> None:
    client = browse()
    assert 'data-theme="dark"' in text_of(client.get("/login"))
    assert client.post("/theme", {"theme": "light", "next": "/login"})["Location"] == "/login"
    assert 'data-theme="light"' in text_of(client.get("/login"))
    client.post("/theme", {"theme": '"><script>', "next": "//evil.example"})
    assert 'data-theme="light"' in text_of(client.get("/login"))
    assert 'data-theme="dark"' in text_of(_with_theme('"><script>').get("/login"))


def _with_theme(theme: str) -> Client:
    client = browse()
    client.cookies["theme"] = theme
    return client
