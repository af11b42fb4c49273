"""What moderators type about members. Each names its target on a page of its own."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from guilds import serializers
from guilds.models import MAX_REASON
from together.forms import PageForm
from together.rest.serializers import Input

DURATIONS = [
    (5, _("5 minutes")),
    (60, _("1 hour")),
    (1440, _("1 day")),
    (10080, _("1 week")),
    (40320, _("4 weeks")),
]
BANS = [("", _("For good")), (24, _("1 day")), (168, _("1 week")), (720, _("30 days")), (8760, _("1 year"))]
UNWANTED = [("", _("Keep them")), (1, _("Of the last hour")), (24, _("Of the last day")), (168, _("Of the last week"))]


def number(value: Any) -> int | None:
    return int(value) if value else None


class ReasonForm(PageForm):
    """Whatever is done may be given a reason."""

    serializer_class: ClassVar[type[Input]] = serializers.Kick

    reason = forms.CharField(
        label=_("Reason (optional)"),
        required=False,
        max_length=MAX_REASON,
        help_text=_("They see it, and so does who reads the audit log."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        return {**wanted, "reason": wanted.get("reason") or None}


class KickForm(ReasonForm):
    pass


class BanForm(ReasonForm):
    serializer_class = serializers.BanCreate

    expires_in_hours = forms.TypedChoiceField(
        label=_("For how long"), choices=BANS, coerce=number, empty_value=None, required=False
    )
    delete_messages_hours = forms.TypedChoiceField(
        label=_("Their messages"), choices=UNWANTED, coerce=number, empty_value=None, required=False
    )
    field_order = ("expires_in_hours", "delete_messages_hours", "reason")


class TimeoutForm(ReasonForm):
    serializer_class = serializers.TimeoutCreate

    duration_minutes = forms.TypedChoiceField(label=_("For how long"), choices=DURATIONS, coerce=int, initial=60)
    field_order = ("duration_minutes", "reason")


class NicknameForm(PageForm):
    serializer_class = serializers.MemberUpdate

    nickname = forms.CharField(
        label=_("Nickname"),
        required=False,
        max_length=32,
        help_text=_("What they are called in this server. Leave it empty for their username."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        return {"nickname": wanted.get("nickname") or None}
