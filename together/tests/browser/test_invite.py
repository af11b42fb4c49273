"""A link takes somebody new from nothing into the server, in a real browser."""

from typing import Any

import pytest
from playwright.sync_api import expect

from accounts.instance import update_settings
from accounts.models import RegistrationMode
from guilds.actions import create_invite
from guilds.models import Member
from together.testing.cast import PASSWORD, Cast


@pytest.mark.parametrize("mode", [RegistrationMode.OPEN, RegistrationMode.INVITE_ONLY])
def test_an_invite_takes_a_new_person_from_registration_into_the_server(
    visit: Any, cast: Cast, mode: RegistrationMode
) -> None:
    update_settings(actor=cast.alice, registration_mode=mode)
    invite = create_invite(actor=cast.alice, server=cast.server, max_uses=1)
    page = visit()
    page.goto(f"/invite/{invite.code}")
    expect(page.get_by_role("heading", name="Gaming Squad")).to_be_visible()
    page.get_by_role("link", name="Create an account").click()
    page.get_by_label("Username").fill("newcomer")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Make my account").click()
    if mode == RegistrationMode.OPEN:
        page.get_by_role("button", name="Join").click()
    page.wait_for_url(f"**/channels/{cast.server.pk}/{cast.general.pk}")
    expect(page.get_by_label("Message to #general")).to_be_visible()
    assert Member.objects.filter(server=cast.server, user__username="newcomer").exists()
    invite.refresh_from_db()
    assert invite.uses == 1
