"""Pages, as a browser without scripts meets them."""

import re
from typing import Any

from django.test import Client

from accounts.models import User
from together.testing.cast import PASSWORD

# What one of our scripts asks with.
SCRIPT = {"Accept": "application/json"}


def browse(user: User | None = None, **options: Any) -> Client:
    """A browser; signed in, through the page for it, when somebody is named."""
    client = Client(raise_request_exception=False, **options)
    if user:
        wanted = {"username": user.username, "password": PASSWORD, "csrfmiddlewaretoken": token_of(client, "/login")}
        assert client.post("/login", wanted).status_code == 302
    return client


def token_of(client: Client, address: str) -> str:
    """The CSRF token of the form on a page."""
    found = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).content.decode())
    assert found, "There is no form there."
    return found[1]


def text_of(response: Any) -> str:
    """A page's HTML."""
    text: str = response.content.decode()
    return text
