"""The page that says that something is wrong, also when the database is what is wrong."""

from unittest.mock import patch

from django.db import OperationalError

from together.testing.cast import Cast
from together.testing.pages import SCRIPT, browse, text_of


def test_an_unknown_address_is_said_kindly(db: None) -> None:
    answer = browse().get("/nowhere")
    assert answer.status_code == 404
    assert "There is no such page." in text_of(answer)


def test_it_is_there_without_a_database(cast: Cast) -> None:
    client = browse(cast.alice)
    with patch("accounts.middleware.session_of_page", side_effect=OperationalError("connection refused")):
        answer = client.get("/servers")
        script = client.get("/servers", headers=SCRIPT)
    assert answer.status_code == script.status_code == 503
    assert "The server is busy." in text_of(answer)
    assert script.json() == {"error": "The server is busy. Please try again in a moment."}
    assert client.get("/servers").status_code == 200


def test_it_tells_nothing_of_a_fault_inside(cast: Cast) -> None:
    client = browse(cast.alice)
    with patch("guilds.views.servers.my_servers", side_effect=RuntimeError("a secret detail")):
        answer = client.get("/servers")
    assert answer.status_code == 500
    assert "Something went wrong on our side." in text_of(answer)
    assert "secret detail" not in text_of(answer)


def test_a_form_that_is_too_large_is_refused(cast: Cast) -> None:
    answer = browse().post("/login", {"username": "a" * 3_000_000})
    assert answer.status_code in (400, 413)
    assert "<h1>" in text_of(answer)
