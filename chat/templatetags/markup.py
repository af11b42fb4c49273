"""How the text of a message is written out."""

from django import template
from django.utils.safestring import SafeString

from chat.markdown import to_html

register = template.Library()


@register.filter
def markdown(text: str) -> SafeString:
    return to_html(text)
