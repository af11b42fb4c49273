"""How a person looks where there is no picture: a letter on a colour that is always the same for them."""

import uuid

from django import template

register = template.Library()

HUES = 8


@register.filter
def initial(name: str) -> str:
    return name[:1].upper()


@register.filter
def hue(id: uuid.UUID | None) -> int:
    """One of the colours of `avatar.css`."""
    return id.int % HUES if id else 0
