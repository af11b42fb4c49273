"""What people choose about invites."""

from django import forms
from django.utils.translation import gettext_lazy as _

from guilds import serializers
from guilds.forms.members import number
from together.forms import PageForm

EXPIRIES = [(1, _("1 hour")), (24, _("1 day")), (168, _("1 week")), (720, _("30 days")), ("", _("Never"))]
USES = [("", _("Any number")), (1, _("Once")), (5, _("5 times")), (25, _("25 times")), (100, _("100 times"))]


class InviteForm(PageForm):
    serializer_class = serializers.InviteCreate

    expires_in_hours = forms.TypedChoiceField(
        label=_("Ends after"), choices=EXPIRIES, coerce=number, empty_value=None, required=False, initial=168
    )
    max_uses = forms.TypedChoiceField(
        label=_("Can be used"), choices=USES, coerce=number, empty_value=None, required=False
    )
