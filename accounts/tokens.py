"""Access and refresh tokens. Both are JWTs that name a `sessions` row; the row decides (design.md, section 6)."""

import hashlib
import time
import uuid
from datetime import datetime, timedelta
from functools import lru_cache

from django.utils import timezone
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import AccessToken, RefreshToken, Token

from accounts.models import Session, User

# Access tokens that need no second look at their signature: people show the same one with each request. 1 kB each.
KEPT = 2048
_INVALID = (TokenError, KeyError, ValueError, TypeError)


def access_token(user: User, session: Session) -> str:
    """A token for 15 minutes of requests, as long as its session lives."""
    token = AccessToken()
    token["sub"] = str(user.pk)
    token["username"] = user.username
    token["sid"] = str(session.pk)
    return str(token)


def refresh_token(session: Session) -> str:
    """The session's current refresh token, derived from its row: asking again gives the same one."""
    token = RefreshToken()
    issued = session.rotated_at or session.created_at
    token.payload = {
        "token_type": "refresh",
        "iss": api_settings.ISSUER,
        "aud": api_settings.AUDIENCE,
        "sub": str(session.user_id),
        "sid": str(session.pk),
        "jti": f"{session.pk.hex}.{session.generation}",
        "iat": _seconds(issued),
        "exp": _seconds(session.expires_at),
    }
    return str(token)


def digest(token: str) -> str:
    """What is stored of a refresh token: SHA-256, never the token."""
    return hashlib.sha256(token.encode()).hexdigest()


def session_of_access(text: str) -> uuid.UUID | None:
    """The session that an access token names; None when it is forged, expired or not an access token."""
    try:
        session_id, expires = _verified(text)
    except _INVALID:
        return None
    return session_id if time.time() < expires else None


def session_of_refresh(text: str) -> uuid.UUID | None:
    """The session that a refresh token names; None when it is forged, expired or not a refresh token."""
    try:
        return _session_of(RefreshToken(text))  # type: ignore[arg-type]
    except _INVALID:
        return None


def refresh_expiry() -> datetime:
    lifetime: timedelta = api_settings.REFRESH_TOKEN_LIFETIME
    return timezone.now() + lifetime


@lru_cache(KEPT)
def _verified(text: str) -> tuple[uuid.UUID, float]:
    # The session of an access token and the moment (Unix time) until which the token counts; forged ones are not kept.
    token = AccessToken(text)  # type: ignore[arg-type]
    return _session_of(token), float(token["exp"]) + api_settings.LEEWAY


def _session_of(token: Token) -> uuid.UUID:
    return uuid.UUID(str(token["sid"]))


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())
