"""How a name is asked for."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _


class NameField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.TextInput(attrs={"autocomplete": "off"})
        super().__init__(label=_("Name"), max_length=100, widget=widget, **kwargs)
