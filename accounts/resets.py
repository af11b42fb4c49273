"""Links that let somebody who forgot their password set a new one.

Django's own generator: valid for an hour (`PASSWORD_RESET_TIMEOUT`), bound to the password hash, so that a link works
once, and to the moment it was made, so that only the newest one works. No token is stored.
"""

import logging
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from django.conf import settings
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.core.mail import send_mail
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from together.rest.fields import parse_id

log = logging.getLogger(__name__)

# Mail takes its time, which would tell who asked whether somebody has the address.
_post = ThreadPoolExecutor(1, thread_name_prefix="mail")


class _Generator(PasswordResetTokenGenerator):
    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.reset_at}"


generator = _Generator()


def reset_token(user: User) -> str:
    """A new token for that person; the ones before it stop working."""
    user.reset_at = timezone.now()
    user.save(update_fields=["reset_at"])
    return f"{user.pk.hex}.{generator.make_token(user)}"


def user_of_reset(token: str) -> User | None:
    """The person whose reset token this is, locked until the transaction ends; None for a used, old or wrong one."""
    name, _dot, secret = token.partition(".")
    user_id = parse_id(name)
    if user_id is None:
        return None
    user = User.objects.active().human().select_for_update(no_key=True).filter(pk=user_id).first()
    return user if user and generator.check_token(user, secret) else None


def send_reset_mail(email: str) -> Future[None] | None:
    """Mail a reset link to whoever has that address, if anyone: the caller's answer must not depend on it."""
    user = User.objects.active().human().with_email(email).first()
    if user is None:
        return None
    # From a setting: the Host header is the sender's to choose.
    link = settings.PUBLIC_URL + reverse("password_reset", args=[reset_token(user)])
    return _post.submit(_send, user, link)


def _send(user: User, link: str) -> None:
    text = render_to_string("accounts/reset_mail.txt", {"user": user, "link": link})
    try:
        send_mail(_("Your new password for Together"), text, None, [user.email or ""])
    except OSError:
        log.exception("A reset mail could not be sent")
