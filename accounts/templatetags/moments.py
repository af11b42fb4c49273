"""Moments for `<time>`: the browser shows them in its reader's zone and language."""

from datetime import datetime

from django import template

register = template.Library()


@register.filter
def iso(moment: datetime | None) -> str:
    """With microseconds always, so that the text sorts as the moments do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ") if moment else ""


@register.filter
def plain(moment: datetime) -> str:
    """For browsers without scripts."""
    return moment.strftime("%Y-%m-%d %H:%M UTC")
