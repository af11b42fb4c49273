"""What people type about roles."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guilds import serializers
from guilds.forms.changes import ChangeForm
from guilds.forms.flags import FlagsField, Tick
from guilds.forms.names import NameField
from guilds.models import Role
from guilds.permissions import Permission
from together.forms import PageForm


class NewRoleForm(PageForm):
    serializer_class = serializers.RoleCreate

    name = NameField()


class RoleForm(ChangeForm):
    serializer_class = serializers.RoleUpdate

    name = NameField()
    coloured = forms.BooleanField(label=_("With a colour"), required=False)
    color = forms.CharField(
        label=_("Colour"), required=False, max_length=7, widget=forms.TextInput(attrs={"type": "color"})
    )
    permissions = FlagsField(label=_("What it allows"))

    def __init__(self, *args: Any, role: Role, held: Permission, **kwargs: Any) -> None:
        initial = {"name": role.name, "coloured": bool(role.color), "color": (role.color or "#8899aa").lower()}
        super().__init__(*args, initial=initial, **kwargs)
        self.fields["permissions"].about(current=role.permissions, held=held)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        chosen = self.cleaned_data.get("color")
        coloured = self.cleaned_data.get("coloured")
        wanted = super().clean()
        wanted.pop("coloured", None)
        if {"coloured", "color"} & set(self.changed_data):
            wanted["color"] = chosen if coloured else None
        return wanted

    @property
    def ticks(self) -> list[Tick]:
        field: Any = self.fields["permissions"]
        return list(field.ticks(self["permissions"].value()))
