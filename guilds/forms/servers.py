"""What people type about servers."""

from types import SimpleNamespace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guilds import serializers
from guilds.forms.changes import ChangeForm
from guilds.forms.flags import FlagsField, Tick
from guilds.forms.names import NameField
from guilds.layouts import find_template, templates
from guilds.models import Server
from guilds.permissions import Permission
from together.forms import PageForm

# Shown as a template is.
NO_TEMPLATE = SimpleNamespace(name=_("No channels"), description=_("An empty server, to build up by yourself."))


class ServerForm(PageForm):
    serializer_class = serializers.ServerCreate

    name = NameField()
    template_id = forms.ChoiceField(label=_("To begin with"), required=False, widget=forms.RadioSelect)
    is_public = forms.BooleanField(
        label=_("Public"), required=False, help_text=_("Everyone on this instance can find it and join.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = templates()
        choice = self.fields["template_id"]
        assert isinstance(choice, forms.ChoiceField)  # noqa: S101
        choice.choices = [*((str(one.id), one) for one in offered), ("", NO_TEMPLATE)]
        choice.initial = str(offered[0].id)

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        chosen = wanted.pop("template_id", None)
        return {**wanted, "template": find_template(chosen) if chosen else None}


class ServerSettingsForm(ChangeForm):
    serializer_class = serializers.ServerUpdate

    name = NameField()
    icon_url = forms.URLField(
        label=_("Address of an icon (optional)"), required=False, max_length=2000, assume_scheme="https"
    )
    is_public = forms.BooleanField(
        label=_("Public"), required=False, help_text=_("Everyone on this instance can find it and join.")
    )
    require_invite = forms.BooleanField(
        label=_("Joined by invite only"), required=False, help_text=_("Who finds it needs an invite to come in.")
    )
    joins_locked = forms.BooleanField(
        label=_("Closed to newcomers"),
        required=False,
        help_text=_("Nobody joins, with or without an invite, until this is off again. Members notice nothing."),
    )

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        if "icon_url" in wanted:
            wanted["icon_url"] = wanted["icon_url"] or None
        return wanted


class DefaultsForm(ChangeForm):
    """What everyone in a server may do, whatever their roles."""

    serializer_class = serializers.ServerUpdate

    default_permissions = FlagsField(label=_("What everyone may do"))

    def __init__(self, *args: Any, server: Server, held: Permission, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["default_permissions"].about(current=server.default_permissions, held=held)  # type: ignore[attr-defined]

    @property
    def ticks(self) -> list[Tick]:
        field: Any = self.fields["default_permissions"]
        return list(field.ticks(self["default_permissions"].value()))


class CertaintyForm(PageForm):
    """Something large is done only when the name of what it is done to was typed."""

    serializer_class = serializers.ServerUpdate

    typed = forms.CharField(max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))

    def __init__(self, *args: Any, name: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.name = name
        self.fields["typed"].label = _("Type “{name}”, to be sure").format(name=name)

    def clean(self) -> dict[str, Any]:
        super().clean()
        if self.cleaned_data.get("typed", "").strip() != self.name.strip():
            self.add_error("typed", _("That is not the name."))
        return {}
