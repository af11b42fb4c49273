"""What people type in channels. The rules are those of the API's serializers."""

import uuid
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from chat import serializers
from guilds.models import MAX_REASON, Channel
from together.forms import PageForm

AMOUNTS = [(10, "10"), (25, "25"), (50, "50"), (100, "100")]


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


class PurgeForm(PageForm):
    """Which messages shall go. Whose is asked for by name: somebody who wrote in the channel, member or not."""

    serializer_class = serializers.MessagePurge

    limit = forms.TypedChoiceField(label=_("How many, from the newest"), choices=AMOUNTS, coerce=int, initial=10)
    person = forms.CharField(
        label=_("Whose (optional)"),
        required=False,
        max_length=80,
        help_text=_("A username. Leave it empty for everybody's."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "list": "names"}),
    )
    reason = forms.CharField(
        label=_("Reason (optional)"),
        required=False,
        max_length=MAX_REASON,
        help_text=_("Who reads the audit log sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    after = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    before = forms.CharField(required=False, max_length=36, widget=forms.HiddenInput)
    sure = forms.BooleanField(label=_("I am sure: nobody can bring them back."))

    def __init__(self, *args: Any, channel: Channel, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.channel = channel

    def clean(self) -> dict[str, Any]:
        wanted = super().clean()
        author, name = None, wanted.pop("person", "")
        if name:
            # Only of those who wrote here: no page says who else has an account.
            author = User.objects.filter(username=name, messages__channel=self.channel).first()
            if author is None:
                self.add_error("person", _("Nobody of that name wrote here."))
        return {
            "author": author and author.pk,
            **{name: wanted.get(name) for name in ("limit", "after", "before", "reason")},
        }


class EditForm(PageForm):
    serializer_class = serializers.MessageUpdate

    content = Content(label=_("Message"))
