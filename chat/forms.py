"""What people type in channels. The rules are those of the API's serializers."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from chat import serializers
from together.forms import PageForm


class Content(forms.CharField):
    """The text of a message: without the blanks around it, lines ending as they do everywhere but in HTML forms."""

    widget = forms.Textarea(attrs={"rows": 1, "autocomplete": "off", "dir": "auto"})

    def to_python(self, value: Any) -> str:
        return str(super().to_python(str(value or "").replace("\r\n", "\n")))


class MessageForm(PageForm):
    """`nonce` makes posting it twice harmless."""

    serializer_class = serializers.MessageCreate

    content = Content(label=_("Message"))
    nonce = forms.CharField(required=False, initial=lambda: uuid.uuid4().hex, widget=forms.HiddenInput)


class EditForm(PageForm):
    serializer_class = serializers.MessageUpdate

    content = Content(label=_("Message"))
