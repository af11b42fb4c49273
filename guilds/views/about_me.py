"""What was done about oneself, in whichever server."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from accounts.pages import person, signed_in
from guilds import audit
from guilds.views.methods import page
from together.audit.entry import AuditEntry

PAGE = 50
WORDS = {
    "member_kick": _("You were kicked."),
    "member_ban": _("You were banned."),
    "member_unban": _("Your ban was lifted."),
    "member_timeout": _("You were timed out."),
    "member_timeout_remove": _("Your timeout was ended."),
    "member_update": _("Your nickname was changed."),
    "member_role_add": _("You were given the role {role}."),
    "member_role_remove": _("The role {role} was taken from you."),
    "user_disable": _("Your account was disabled."),
    "user_enable": _("Your account was enabled again."),
    "user_promote": _("You became an administrator of this instance."),
    "user_demote": _("You are no longer an administrator of this instance."),
    "session_end": _("One of your sign-ins was ended."),
}


@page
@signed_in
def acts_on_me(request: HttpRequest) -> HttpResponse:
    """The newest first; who did it is for those who read the log of the server."""
    shown = Paginator(audit.acts_on(person(request)), PAGE).get_page(request.GET.get("page"))
    told = [(entry, _in_words(entry)) for entry in shown]
    return render(request, "guilds/acts_on_me_view.html", {"page": shown, "told": told})


def _in_words(entry: AuditEntry) -> str:
    words = str(WORDS.get(entry.action, _("Something was done about you.")))
    return words.format(role=entry.details.get("role_name", ""))
