"""Forgetting sign-ins that ended long ago."""

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.models import Session
from together.housekeeping import every

# Long enough to see in Django admin where somebody was signed in when an account turns out to be stolen.
KEEP = timedelta(days=30)


@every(seconds=3600)
def purge_sessions() -> int:
    """Delete sessions that expired or were revoked more than `KEEP` ago; returns how many."""
    long_ago = timezone.now() - KEEP
    return Session.objects.filter(Q(expires_at__lt=long_ago) | Q(revoked_at__lt=long_ago)).delete()[0]
