"""What people type about channels and categories."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from guilds import serializers
from guilds.forms.changes import ChangeForm
from guilds.forms.names import NameField
from guilds.models import Channel, ChannelType
from guilds.permissions import Permission, Rules
from together.forms import PageForm

# Seconds between two messages of one person.
PAUSES = [
    (0, _("Off")),
    (5, _("5 seconds")),
    (10, _("10 seconds")),
    (30, _("30 seconds")),
    (60, _("1 minute")),
    (300, _("5 minutes")),
    (900, _("15 minutes")),
    (3600, _("1 hour")),
    (21600, _("6 hours")),
]


class ChannelForm(PageForm):
    serializer_class = serializers.ChannelCreate

    name = NameField()
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


class CategoryForm(PageForm):
    serializer_class = serializers.CategoryCreate

    name = NameField()


class CategorySettingsForm(ChangeForm):
    serializer_class = serializers.CategoryUpdate

    name = NameField()

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, initial={"name": channel.name}, **kwargs)


class ChannelSettingsForm(ChangeForm):
    serializer_class = serializers.ChannelUpdate

    name = NameField()
    topic = forms.CharField(
        label=_("Topic (optional)"),
        required=False,
        max_length=1024,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category_id = forms.ChoiceField(label=_("Category"), required=False)
    slow_mode = forms.TypedChoiceField(
        label=_("Slow mode"),
        coerce=int,
        choices=PAUSES,
        help_text=_("How long each person waits between two messages."),
    )

    def __init__(self, *args: Any, channel: Channel, categories: list[Channel], **kwargs: Any) -> None:
        initial = {name: getattr(channel, name) for name in ("name", "topic", "slow_mode")}
        super().__init__(*args, initial={**initial, "category_id": str(channel.parent_id or "")}, **kwargs)
        known = [("", _("None")), *((str(one.pk), one.name) for one in categories)]
        self.fields["category_id"].choices = known  # type: ignore[attr-defined]
        if channel.slow_mode not in dict(PAUSES):
            odd = (channel.slow_mode, _("{count} seconds").format(count=channel.slow_mode))
            self.fields["slow_mode"].choices = sorted([*PAUSES, odd])  # type: ignore[attr-defined]
        if channel.type == ChannelType.VOICE:
            del self.fields["slow_mode"]

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        if "category_id" in wanted:
            wanted["category_id"] = wanted["category_id"] or None
        return wanted


class RulesForm(PageForm):
    """The three switches that most channels need. What stands in the matrix is finer."""

    serializer_class = serializers.ChannelUpdate

    inherits = forms.BooleanField(required=False)
    private = forms.BooleanField(
        label=_("Private"), required=False, help_text=_("Only those who are allowed to below see it.")
    )
    read_only = forms.BooleanField(
        label=_("Read only"), required=False, help_text=_("Only those who are allowed to below write here.")
    )

    def __init__(self, *args: Any, channel: Channel, rules: Rules, **kwargs: Any) -> None:
        self.rules, self.inherited = rules, channel.inherits
        private = bool(rules.default_deny & Permission.VIEW_CHANNEL)
        read_only = bool(rules.default_deny & Permission.SEND_MESSAGES)
        begun = {"inherits": channel.inherits, "private": private, "read_only": read_only}
        super().__init__(*args, initial=begun, **kwargs)
        if channel.parent is None:
            del self.fields["inherits"]
        else:
            self.fields["inherits"].label = _("The same permissions as the category {name}").format(
                name=channel.parent.name
            )
            self.fields["inherits"].help_text = _("Whatever changes there changes here.")

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        if wanted.get("inherits") and "inherits" in self.changed_data:
            return {"inherits": True}
        changes: dict[str, Any] = {"inherits": False} if "inherits" in self.changed_data else {}
        allow, deny = self.rules.default_allow, self.rules.default_deny
        for name, flag in (("private", int(Permission.VIEW_CHANNEL)), ("read_only", int(Permission.SEND_MESSAGES))):
            if name in self.changed_data:
                deny = deny | flag if wanted[name] else deny & ~flag
                allow &= ~deny
        if (allow, deny) != (self.rules.default_allow, self.rules.default_deny):
            changes |= {"default_allow": allow, "default_deny": deny}
        return changes | {"inherits": False} if changes and self.inherited else changes
