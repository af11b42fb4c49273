"""Django admin: who comes in, and who decides about the instance."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import InstanceSettings, User
from together.audit.entry import AuditEntry
from together.tests.admin.tables import list_of

pytestmark = pytest.mark.django_db


def test_who_may_register_is_changed_on_a_form(staff, root):
    address = staff.get(list_of(InstanceSettings)).url
    assert staff.get(address).status_code == 200
    answer = staff.post(address, {"registration_mode": "closed"})
    assert answer.status_code == 302
    settings = InstanceSettings.objects.get()
    assert (settings.registration_mode, settings.updated_by) == ("closed", root)
    assert staff.post(address, {"registration_mode": "x"}).status_code == 200
    staff.post(address, {"registration_mode": "closed"})
    assert InstanceSettings.objects.get().registration_mode == "closed"
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.after) == ("settings_update", {"registration_mode": "closed"})
    for refused in (address.replace("change/", "delete/"), "/admin/accounts/instancesettings/add/"):
        assert staff.post(refused, {"post": "yes"}).status_code == 403


def test_nobody_else_changes_the_settings():
    address = "/admin/accounts/instancesettings/1/change/"
    client = Client()
    client.force_login(User.objects.create(username="mallory"))
    for answer in (client.get(address), client.post(address, {"registration_mode": "closed"})):
        assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")
    assert not InstanceSettings.objects.exists()


def test_staff_sign_in_with_their_password_and_others_do_not(root):
    User.objects.create_user("mallory", "a password of mallory")
    for username, sees in (("mallory", 302), ("root", 200)):
        client = Client()
        client.post("/admin/login/", {"username": username, "password": f"a password of {username}"})
        assert client.get("/admin/").status_code == sees


def test_a_disabled_administrator_is_out_at_once(staff, root):
    assert staff.get("/admin/").status_code == 200
    User.objects.filter(pk=root.pk).update(disabled_at=timezone.now())
    assert staff.get("/admin/").status_code == 302


def test_the_password_is_changed_on_our_own_page(staff):
    assert staff.get("/admin/password_change/").url == reverse("password_change")
