"""Who administers: `root`, and `staff`, their browser. Models are imported inside: the settings come later."""

import pytest
from django.test import Client


@pytest.fixture
def root(db):
    from accounts.models import User

    return User.objects.create_superuser("root", "a password of root")


@pytest.fixture
def staff(root):
    client = Client()
    client.force_login(root)
    return client
