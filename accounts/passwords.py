"""Which passwords are good enough, and whose is right: limited, in the same time whether or not the name exists."""

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.models import User
from together import limits
from together.http.address import household
from together.refusals import Forbidden, Invalid, Unauthorized

# The wire's limit; hashing anything longer would only serve an attacker.
MAX_PASSWORD = 128


def validate(password: str, user: User, field: str = "password") -> None:
    """Raise `Invalid`, naming the field, for a password that is too weak for that person."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(**{field: error.messages[0]}) from None


def check(username: str, password: str, *, address: str | None = None) -> User:
    """The person of that name and password.

    Raises `Unauthorized` for an unknown name, a wrong password and a bot alike, `Forbidden` for a disabled account
    once the password is right, `TooMany` beyond the limits per address and per name.
    """
    if address:
        limits.hit_address("sign_in_address", address)
    # Tightly for whoever guesses from one place, generously for all places together: a stranger elsewhere must not be
    # able to keep the right person out.
    name = username.lower()[:80]
    limits.hit("sign_in_account", f"{name} {household(address or '')}")
    limits.hit("sign_in_name", name)
    user: User | None = User.objects.named(username).human().first() if "\x00" not in username else None
    if user is None:
        # The same work as for a known name, so that time does not tell which names exist.
        make_password(password[:MAX_PASSWORD])
        raise Unauthorized(_("The username or the password is wrong."))
    if not user.check_password(password[:MAX_PASSWORD]) or len(password) > MAX_PASSWORD:
        raise Unauthorized(_("The username or the password is wrong."))
    if not user.is_active:
        raise Forbidden(_("This account is disabled."))
    return user
