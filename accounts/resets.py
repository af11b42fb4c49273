"""Links that let somebody who forgot their password set a new one.

Django's own generator: valid for an hour (`PASSWORD_RESET_TIMEOUT`), bound to the password hash, so that a link works
once, and to the moment it was made, so that only the newest one works. No token is stored.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.db import close_old_connections
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from together import limits
from together.refusals import TooMany
from together.rest.fields import parse_id

log = logging.getLogger(__name__)

# Mail takes its time, and finding somebody takes some, which would tell who asked whether an address is known.
_post = ThreadPoolExecutor(1, thread_name_prefix="mail")
# Mails that may wait to be sent.
_room = BoundedSemaphore(100)


class _Generator(PasswordResetTokenGenerator):
    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.reset_at}"


generator = _Generator()


def reset_token(user: User) -> str:
    """A token for that person, as good as any other that is not used yet."""
    return f"{user.pk.hex}.{generator.make_token(user)}"


def only_reset_token(user: User) -> str:
    """A token that takes the place of all before it. Not for strangers to ask for: they could end another's link."""
    user.reset_at = timezone.now()
    user.save(update_fields=["reset_at"])
    return reset_token(user)


def user_of_reset(token: str) -> User | None:
    """The person whose reset token this is, locked until the transaction ends; None for a used, old or wrong one."""
    name, _dot, secret = token.partition(".")
    user_id = parse_id(name)
    if user_id is None:
        return None
    user = User.objects.active().human().select_for_update(no_key=True).filter(pk=user_id).first()
    return user if user and generator.check_token(user, secret) else None


def send_reset_mail(email: str, *, address: str) -> Future[None]:
    """Mail a reset link to whoever has that address, if anyone: the caller's answer does not depend on it.

    Raises `TooMany` beyond the limits per client address and per mail address, and when too many mails wait.
    """
    limits.hit_address("sign_in_address", address)
    limits.hit("sign_in_account", email.lower())
    if not _room.acquire(blocking=False):
        raise TooMany(wait=60)
    mailed = _post.submit(_mail, email)
    mailed.add_done_callback(lambda _mailed: _room.release())
    return mailed


def _mail(email: str) -> None:
    try:
        user: User | None = User.objects.active().human().with_email(email).first()
        if user:
            _send(user)
    except Exception:
        log.exception("A reset mail could not be sent")
    finally:
        close_old_connections()


def _send(user: User) -> None:
    # From a setting: the Host header is the sender's to choose.
    link = settings.PUBLIC_URL + reverse("password_reset", args=[reset_token(user)])
    text = render_to_string("accounts/reset_mail.txt", {"user": user, "link": link})
    send_mail(_("Your new password for Together"), text, None, [user.email or ""])
