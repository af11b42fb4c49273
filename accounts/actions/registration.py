"""Becoming a member of the instance."""

from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext as _

from accounts.instance import registration_mode
from accounts.models import RegistrationMode, User
from accounts.passwords import validate
from accounts.signals import invited
from together.refusals import Conflict, Forbidden, Invalid

# Registration decides under this lock who was first; any constant that nothing else here locks will do.
_FIRST_ACCOUNT = 0x66_69_72_73


@transaction.atomic
def register(
    *,
    username: str,
    password: str,
    email: str | None = None,
    invite_code: str | None = None,
    address: str | None = None,
) -> User:
    """Make a person. The first one of an instance is always let in, and becomes its administrator.

    Raises `Invalid` for a weak password, `Forbidden` while registration is closed, `Conflict` for a name or an address
    that somebody has, and `Invalid` where an invite is needed and this code is none; the code is not spent by any
    refusal. Codes are guessed no faster from one client `address` than invites are looked up there.
    """
    user = User(username=username, email=email or None)
    validate(password, user)
    user.is_admin = _is_first()
    code = None if user.is_admin else _code_wanted(invite_code)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        if "email" in str(error):
            raise Conflict(_("That e-mail address is taken.")) from None
        raise Conflict(_("That username is taken.")) from None
    if code is not None:
        honoured = invited.send(sender=User, user=user, code=code, address=address)
        if not any(let_in for _receiver, let_in in honoured):
            raise Invalid(invite_code=_("There is no such invite."))
    return user


def _is_first() -> bool:
    if User.objects.human().exists():
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_FIRST_ACCOUNT])
    return not User.objects.human().exists()


def _code_wanted(invite_code: str | None) -> str | None:
    """The code that registration takes; None where it takes none. Raises what stands against registering."""
    match registration_mode():
        case RegistrationMode.OPEN:
            return None
        case RegistrationMode.CLOSED:
            raise Forbidden(_("Registration is closed here."))
    code = (invite_code or "").strip()
    if not code:
        raise Invalid(invite_code=_("You need an invite to register here."))
    return code
