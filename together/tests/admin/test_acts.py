"""Django admin: what staff change, they change by our actions, and the audit log knows of it."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.utils import timezone

from accounts.models import Session, User
from chat.models import Message
from guilds.models import ChannelType, Invite, Server
from together.audit.entry import AuditEntry
from together.events.log import EventRecord
from together.tests.admin.tables import TABLES, choose, fill, list_of

pytestmark = pytest.mark.django_db


def test_a_deleted_message_is_restored_and_announced(staff):
    fill(1)
    Message.objects.update(deleted=True)
    message = Message.objects.get()
    answer = choose(staff, "restore", message)
    assert "1 restored." in answer.content.decode()
    assert Message.objects.living().get() == message
    assert EventRecord.objects.filter(name="MESSAGE_CREATE", refs__message=str(message.pk)).count() == 1
    assert LogEntry.objects.get().object_id == str(message.pk)


def test_restoring_a_message_that_is_not_deleted_does_nothing(staff):
    fill(1)
    choose(staff, "restore", Message.objects.get())
    assert not EventRecord.objects.filter(name="MESSAGE_CREATE").exists()


def test_a_message_of_a_conversation_cannot_be_restored_by_its_id(staff):
    fill(1, type=ChannelType.DM)
    Message.objects.update(deleted=True)
    choose(staff, "restore", Message.objects.get())
    assert Message.objects.get().deleted


def test_an_account_is_disabled_and_enabled(staff):
    fill(1)
    user = User.objects.get(username="text 0")
    assert "1 disabled." in choose(staff, "disable", user).content.decode()
    user.refresh_from_db()
    assert not user.is_active
    assert user.sessions.get().revoked_at
    choose(staff, "enable", user)
    user.refresh_from_db()
    assert user.is_active


def test_what_an_action_refuses_is_told(staff, root):
    for action in ("disable", "demote", "delete_chosen"):
        answer = choose(staff, action, root, confirmed="yes")
        assert "You cannot" in answer.content.decode()
    root.refresh_from_db()
    assert root.is_staff
    assert not LogEntry.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_administrator_is_made_and_unmade(staff):
    fill(1)
    user = User.objects.get(username="text 0")
    for action, admin_now in (("promote", True), ("demote", False)):
        choose(staff, action, user)
        user.refresh_from_db()
        assert user.is_admin is admin_now


def test_accounts_are_deleted_once_that_is_confirmed(staff):
    user = User.objects.create(username="leaver")
    asked = choose(staff, "delete_chosen", user)
    assert "leaver" in asked.content.decode()
    assert 'name="confirmed"' in asked.content.decode()
    assert User.objects.filter(pk=user.pk).exists()
    assert "1 deleted." in choose(staff, "delete_chosen", user, confirmed="yes").content.decode()
    assert not User.objects.filter(pk=user.pk).exists()
    assert LogEntry.objects.get().object_id == str(user.pk)


def test_who_owns_a_server_is_not_deleted_and_the_page_names_it(staff):
    fill(1)
    user = User.objects.get(username="text 0")
    assert "server 0" in choose(staff, "delete_chosen", user, confirmed="yes").content.decode()
    assert User.objects.filter(pk=user.pk).exists()


def test_an_invite_is_revoked(staff):
    fill(1)
    choose(staff, "revoke", Invite.objects.get())
    assert not Invite.objects.exists()
    assert EventRecord.objects.filter(name="INVITE_DELETE").exists()


# Every action of Django admin: the table, and what the audit log says once it was done to a row of it.
ACTS = {
    ("user", "disable"): "user_disable",
    ("user", "enable"): "user_enable",
    ("user", "promote"): "user_promote",
    ("user", "demote"): "user_demote",
    ("user", "delete_chosen"): "user_delete",
    ("session", "end"): "session_end",
    ("server", "delete_chosen"): "server_delete",
    ("invite", "revoke"): "invite_revoke",
    ("message", "restore"): "message_restore",
}


def test_every_action_of_admin_is_among_those_whose_entries_are_looked_at():
    offered = {
        (model._meta.model_name, action) for model, page in admin.site._registry.items() for action in page.actions
    }
    assert offered == set(ACTS)


@pytest.mark.parametrize(("table", "action"), ACTS)
def test_every_action_of_admin_leaves_one_entry_in_the_audit_log(staff, root, table, action):
    fill(1)
    model = next(model for model in TABLES if model._meta.model_name == table)
    ready = {"enable": {"disabled_at": timezone.now()}, "demote": {"is_admin": True}, "restore": {"deleted": True}}
    row = model.objects.order_by("pk").exclude(pk=root.pk).last()
    if model is Session:
        row = Session.objects.get(user__username="text 0")
    if (table, action) == ("user", "delete_chosen"):
        row = User.objects.create(username="leaver")
    model.objects.filter(pk=row.pk).update(**ready.get(action, {}))
    AuditEntry.objects.all().delete()

    # Doing it again changes nothing, and is not written down.
    for _time in range(2):
        choose(staff, action, row, confirmed="yes")

    entry = AuditEntry.objects.get()
    assert (entry.action, entry.actor) == (ACTS[table, action], root)
    assert entry.target_id == (row.user_id if model is Session else row.pk)


def test_a_session_is_ended(staff):
    fill(1)
    session = Session.objects.get(user__username="text 0")
    choose(staff, "end", session)
    session.refresh_from_db()
    assert session.revoked_at
    assert staff.get(list_of(Session)).status_code == 200


def test_a_server_is_deleted_by_the_action_that_owners_use(staff):
    fill(1)
    assert "server 0" in choose(staff, "delete_chosen", Server.objects.get()).content.decode()
    assert not Server.objects.get().deleted_at
    choose(staff, "delete_chosen", Server.objects.get(), confirmed="yes")
    assert Server.objects.get().deleted_at
    assert EventRecord.objects.filter(name="SERVER_DELETE").exists()


@pytest.mark.parametrize("chosen", ["zz", "a\0b", "1"])
def test_garbage_in_a_choice_of_rows_is_a_client_s_mistake(staff, root, chosen):
    for path, action in (("accounts/user", "disable"), ("accounts/session", "end"), ("chat/message", "restore")):
        body = {"action": action, "_selected_action": chosen}
        assert staff.post(f"/admin/{path}/", body).status_code == 400
    body = {"action": "enable", "_selected_action": str(root.pk)}
    assert staff.post("/admin/accounts/user/", body).status_code == 302
