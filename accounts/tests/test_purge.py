from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Session, User
from accounts.purge import KEEP, purge_sessions


@pytest.mark.django_db
def test_sessions_that_ended_long_ago_are_forgotten_and_no_others():
    user, now, day = User.objects.create(username="alice"), timezone.now(), timedelta(days=1)
    ends = {
        "live": (now + day, None),
        "expired yesterday": (now - day, None),
        "revoked yesterday": (now + day, now - day),
        "expired long ago": (now - KEEP - day, None),
        "revoked long ago": (now + day, now - KEEP - day),
    }
    for client, (expires_at, revoked_at) in ends.items():
        Session.objects.create(user=user, client=client, expires_at=expires_at, revoked_at=revoked_at)
    assert purge_sessions() == 2
    kept = set(Session.objects.values_list("client", flat=True))
    assert kept == {"live", "expired yesterday", "revoked yesterday"}
