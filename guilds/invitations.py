"""Registering with an invite: who is let onto the instance by a code enters the server that it leads to."""

from typing import Any

from django.dispatch import receiver
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.signals import invited
from guilds import actions
from guilds.guessing import guesses
from together.refusals import Invalid, NotFound, Refusal, TooMany


@receiver(invited)
def let_in(user: User, code: str, address: str | None, **rest: Any) -> bool:
    try:
        with guesses(address):
            actions.accept_invite(actor=user, code=code)
    except TooMany:
        raise
    except NotFound:
        raise Invalid(invite_code=_("There is no such invite.")) from None
    except Refusal as refusal:
        raise Invalid(invite_code=refusal.detail) from None
    return True
