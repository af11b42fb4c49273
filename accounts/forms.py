"""What people type about their accounts. The rules are those of the API's serializers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts import serializers
from accounts.models import RegistrationMode, Status
from together.forms import PageForm
from together.rest.serializers import Input


def _password(label: Any, autocomplete: str, help_text: Any = "") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, strip=False, max_length=128, widget=widget, help_text=help_text)


def _new_password(label: Any) -> forms.CharField:
    return _password(label, "new-password", _("At least 8 characters."))


class RegisterForm(PageForm):
    serializer_class = serializers.Register

    username = forms.CharField(
        label=_("Username"),
        max_length=32,
        help_text=_("Letters, digits and the underscore. Everybody sees it."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    email = forms.CharField(
        label=_("E-mail address (optional)"),
        required=False,
        max_length=320,
        help_text=_("Only to send you a link when you forget your password."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    password = _new_password(_("Password"))
    invite_code = forms.CharField(
        label=_("Invite code"),
        max_length=200,
        help_text=_("Whoever invites you has it. The whole link will do too."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, mode: RegistrationMode = RegistrationMode.OPEN, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if mode != RegistrationMode.INVITE_ONLY:
            del self.fields["invite_code"]

    def clean_invite_code(self) -> str:
        code: str = self.cleaned_data["invite_code"]
        return code.rstrip("/").rpartition("/")[2]


class SignInForm(PageForm):
    serializer_class = serializers.SignIn

    username = forms.CharField(
        label=_("Username"),
        max_length=128,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = _password(_("Password"), "current-password")


class ForgotPasswordForm(PageForm):
    serializer_class = serializers.ForgotPassword

    email = forms.CharField(
        label=_("E-mail address"), max_length=320, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewPassword(Input):
    """The other half of `serializers.ResetPassword`, the token, is in the address."""

    new_password = serializers.Password()


class ResetPasswordForm(PageForm):
    serializer_class = NewPassword

    new_password = _new_password(_("New password"))


class ChangePasswordForm(PageForm):
    serializer_class = serializers.ChangePassword

    current_password = _password(_("Current password"), "current-password")
    new_password = _new_password(_("New password"))


class PresenceForm(PageForm):
    """The text is cleared by leaving it empty."""

    serializer_class = serializers.ProfileUpdate

    # A `status` is of the form itself.
    choice = forms.ChoiceField(label=_("Status"), choices=Status.choices)
    custom_status = forms.CharField(label=_("Status text"), required=False, max_length=128)
