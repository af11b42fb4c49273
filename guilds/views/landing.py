"""Where the link of an invite leads: what it invites to, and the way in."""

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.instance import way_in
from accounts.models import User
from accounts.pages import address_of
from guilds import access, actions
from guilds.guessing import guesses
from guilds.views.frame import in_words
from guilds.views.methods import form_page
from together.refusals import Conflict, NotFound, Refusal, TooMany


@form_page
@never_cache
def invite(request: HttpRequest, code: str) -> HttpResponse:
    """What an invite leads to, for whoever has its link, signed in or not. Who accepts it is in."""
    actor = request.user if isinstance(request.user, User) else None
    try:
        with guesses(address_of(request), actor):
            answer = _accept if request.method == "POST" else _show
            response = answer(request, actor, code)
    except NotFound:
        response = _useless(
            request, _("Its link is not complete, or it was taken back, has expired or is used up."), status=404
        )
    # The address is a key: no other site is told of it.
    response["Referrer-Policy"] = "same-origin"
    return response


def _accept(request: HttpRequest, actor: User | None, code: str) -> HttpResponse:
    if actor is None:
        return redirect_to_login(request.path)
    try:
        server = actions.accept_invite(actor=actor, code=code)
    except Conflict:
        return redirect("invite", code)
    except (NotFound, TooMany):
        raise
    except Refusal as refusal:
        return _useless(request, in_words(refusal.detail), status=refusal.status_code)
    return redirect("server", server.pk)


def _show(request: HttpRequest, actor: User | None, code: str) -> HttpResponse:
    found = access.find_usable_invite(code)
    context = {
        "invite": found,
        "is_member": actor is not None and access.is_member(actor, found.server),
        "registration": way_in() if actor is None else None,
    }
    return render(request, "guilds/invite_view.html", context)


def _useless(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    return render(
        request, "guilds/invite_useless_view.html", {"sentence": sentence, "may_ask": status != 403}, status=status
    )
