"""Icons drawn into a page: `{% icon "hash" size=18 %}`. Words beside them say what they mean, so none is read out."""

from functools import cache

from django import template
from lucide.templatetags.lucide import lucide

register = template.Library()


@register.simple_tag
@cache
def icon(name: str, size: int) -> str:
    """One of Lucide's, `size` pixels wide and high. A page shows the same few again and again: each is drawn once."""
    drawn: str = lucide(name, size=size, aria_hidden="true")
    return drawn
