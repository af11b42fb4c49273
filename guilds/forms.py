"""What people type about servers and channels. The rules are those of the API's serializers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guilds import serializers
from guilds.layouts import templates
from guilds.models import ChannelType
from together.forms import PageForm


class ServerForm(PageForm):
    serializer_class = serializers.ServerCreate

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    starter = forms.BooleanField(label=_("A few channels to begin with"), required=False, initial=True)
    is_public = forms.BooleanField(
        label=_("Public"), required=False, help_text=_("Everyone on this instance can find it and join.")
    )

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        wanted["template"] = templates()[0] if wanted.pop("starter", False) else None
        return wanted


class ChannelForm(PageForm):
    serializer_class = serializers.ChannelCreate

    name = forms.CharField(label=_("Name"), max_length=100, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    type = forms.ChoiceField(
        label=_("Type"),
        choices=[(kind.value, kind.label) for kind in (ChannelType.TEXT, ChannelType.VOICE)],
        initial=ChannelType.TEXT,
        widget=forms.RadioSelect,
    )
    category = forms.CharField(
        label=_("Category (optional)"),
        required=False,
        max_length=100,
        help_text=_("A new name makes a new category."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "categories"}),
    )
