"""How a person looks where there is no picture: a letter on a colour that is always the same for them."""

import uuid
from typing import Any

from django import template
from django.utils.translation import gettext as _

from accounts.models import Status

register = template.Library()

HUES = 8
# In this order: each browser also calls itself by the names of those after it.
BROWSERS = {"Edg/": "Edge", "OPR/": "Opera", "Firefox/": "Firefox", "Chrome/": "Chrome", "Safari/": "Safari"}
SYSTEMS = {name: name for name in ("Android", "iPhone", "iPad", "Windows")} | {"Mac OS": "macOS", "Linux": "Linux"}


@register.filter
def initial(name: str) -> str:
    return name[:1].upper()


@register.simple_tag
def statuses() -> list[tuple[str, Any]]:
    """How one may choose to look to others, each with its word."""
    return list(Status.choices)


@register.filter
def hue(id: uuid.UUID | None) -> int:
    """One of the colours of `avatar.css`."""
    return id.int % HUES if id else 0


@register.filter
def device(client: str) -> str:
    """What a `User-Agent` says, in words; what is not a browser's stays as it is."""
    browser = next((name for mark, name in BROWSERS.items() if mark in client), None)
    system = next((name for mark, name in SYSTEMS.items() if mark in client), None)
    if browser and system:
        return _("{browser} on {system}").format(browser=browser, system=system)
    return client[:90] or _("Unknown client")
