"""Django admin: staff see everything but conversations between people, and change things by our actions only."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import InstanceSettings, Presence, Session, User
from chat.models import Attachment, LastPost, Message, Reaction, ReadState
from guilds.models import (
    Ban,
    Channel,
    ChannelType,
    Invite,
    Member,
    MemberRole,
    Override,
    Role,
    Server,
    Timeout,
)
from together.audit import record
from together.audit.entry import AuditEntry
from together.events.log import EventClock, EventRecord
from voice.models import VoiceState

pytestmark = pytest.mark.django_db

TABLES = [
    User, Session, AuditEntry, Server, Member, Channel, Role, MemberRole, Override, Ban, Timeout, Invite, Message,
    Reaction, Attachment, VoiceState,
]  # fmt: skip
# Settings are one row, whose page is a form; a clock of slow mode tells nothing; events and their clock are plumbing.
WITHOUT_A_LIST = {InstanceSettings, Presence, LastPost, ReadState, EventRecord, EventClock}


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root", "a password of root")


@pytest.fixture
def staff(root):
    client = Client()
    client.force_login(root)
    return client


def fill(rows, *, first=0, type=ChannelType.TEXT):
    """So many rows in each table, all of them in servers, or else all in conversations."""
    for number in range(first, first + rows):
        user = User.objects.create(username=f"{type} {number}")
        Session.objects.create(user=user, expires_at=timezone.now(), refresh_token_hash=f"hash of {type} {number}")
        server = Server.objects.create(name=f"server {number}", owner=user)
        role = Role.objects.create(server=server, name=f"role {number}")
        MemberRole.objects.create(member=Member.objects.create(user=user, server=server), role=role)
        place = server if type == ChannelType.TEXT else None
        Ban.objects.create(server=server, user=user, reason=f"ban {number}")
        Timeout.objects.create(server=server, user=user, expires_at=timezone.now())
        Invite.objects.create(server=server, created_by=user, code=f"code{number}")
        AuditEntry.objects.create(server=server, server_name=server.name, actor=user, action="server_update")
        channel = Channel.objects.create(server=place, name=f"channel {number}", type=type)
        Override.objects.create(channel=channel, user=user)
        message = Message.objects.create(channel=channel, author=user, content=f"whispered {type} {number}")
        Reaction.objects.create(message=message, user=user, emoji="👍")
        Attachment.objects.create(message=message, filename=f"{type}.png", file_size=1, mime_type="a/b", url="/a")
        VoiceState.objects.create(user=user, channel=channel)


def list_of(model):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(row):
    return reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk])


def choose(client, action, *rows, **more):
    chosen = {"action": action, "_selected_action": [str(row.pk) for row in rows], **more}
    return client.post(list_of(type(rows[0])), chosen, follow=True)


def test_every_table_has_its_page():
    shown = {model for model in admin.site._registry if model._meta.app_label != "admin"}
    assert shown == {*TABLES, InstanceSettings}
    ours = {"together", "accounts", "guilds", "chat", "voice"}
    tables = {model for model in apps.get_models() if model._meta.app_label in ours}
    assert tables == {*TABLES, *WITHOUT_A_LIST}


@pytest.mark.parametrize("model", TABLES)
def test_staff_see_the_list_the_search_and_the_details(staff, model):
    fill(1)
    assert staff.get(list_of(model)).status_code == 200
    assert staff.get(list_of(model), {"q": "whispered"}).status_code == 200
    assert staff.get(page_of(model.objects.first())).status_code == 200


@pytest.mark.parametrize("model", TABLES)
def test_nobody_else_sees_anything(model):
    fill(1)
    client = Client()
    for _ in range(2):
        for address in (list_of(model), page_of(model.objects.first())):
            answer = client.get(address)
            assert (answer.status_code, answer.url.split("?")[0]) == (302, "/admin/login/")
        client.force_login(User.objects.create(username="mallory") if _ == 0 else User.objects.first())


@pytest.mark.parametrize("model", TABLES)
def test_nothing_is_added_changed_or_deleted_directly(staff, model):
    fill(1)
    row = model.objects.first()
    for address in (list_of(model) + "add/", page_of(row).replace("change/", "delete/")):
        assert staff.get(address).status_code == 403
        assert staff.post(address, {"post": "yes"}).status_code == 403
    assert staff.post(page_of(row), {"name": "changed"}).status_code == 403
    choose(staff, "delete_selected", row)
    assert model.objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("model", TABLES)
def test_a_list_takes_the_same_number_of_queries_however_long_it_is(staff, model):
    fill(1)
    with CaptureQueriesContext(connection) as one:
        staff.get(list_of(model))
    fill(49, first=1)
    with CaptureQueriesContext(connection) as fifty:
        staff.get(list_of(model))
    assert len(fifty) == len(one) <= 6


@pytest.mark.parametrize("type", [ChannelType.DM, ChannelType.GROUP])
@pytest.mark.parametrize("model", [Channel, Override, Message, Reaction, Attachment, VoiceState])
def test_conversations_between_people_are_never_shown(staff, model, type):
    fill(1, type=type)
    row = model.objects.get()
    assert b"0 " in staff.get(list_of(model)).content
    assert str(row.pk) not in staff.get(list_of(model)).content.decode()
    assert staff.get(list_of(model), {"q": type}).context["cl"].result_count == 0
    assert staff.get(page_of(row)).status_code == 302
    assert staff.get(page_of(row).replace("change/", "history/")).status_code == 302


def test_a_file_that_is_not_sent_yet_is_not_shown(staff):
    waiting = Attachment.objects.create(filename="a", file_size=1, mime_type="a/b", url="/a")
    assert staff.get(page_of(waiting)).status_code == 302


@pytest.mark.parametrize("model", [User, Session])
def test_no_hash_of_a_password_or_of_a_token_is_shown(staff, model):
    fill(1)
    user = User.objects.get(username="text 0")
    user.set_password("a password of theirs")
    user.save()
    row = model.objects.exclude(pk=Session.objects.filter(user__username="root").first().pk).first()
    shown = (staff.get(page_of(row)).content + staff.get(list_of(model)).content).decode()
    for secret in (user.password, User.objects.get(username="root").password, "hash of text", "refresh_token_hash"):
        assert secret not in shown


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


def test_messages_are_found_by_their_words(staff):
    fill(2)
    assert staff.get(list_of(Message), {"q": "whisper 1"}).context["cl"].result_count == 1


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


def test_the_audit_log_says_nothing_of_what_was_written_in_conversations(staff):
    fill(1, type=ChannelType.DM)
    shown = (
        staff.get(list_of(AuditEntry)).content.decode() + staff.get(page_of(AuditEntry.objects.get())).content.decode()
    )
    assert "whispered" not in shown


def test_the_audit_log_is_searched_by_what_was_done_who_did_it_and_where(staff, root):
    fill(2)
    with transaction.atomic():
        record("settings_update", actor=root)
    for words, count in (("settings_update", 1), ("root", 1), ("server 1", 1), ("server_update", 2), ("nothing", 0)):
        assert staff.get(list_of(AuditEntry), {"q": words}).context["cl"].result_count == count


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


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/admin/accounts/user/", "password__startswith=argon2"),
        ("/admin/accounts/user/", "password__regex=."),
        ("/admin/accounts/session/", "refresh_token_hash__startswith=a"),
        ("/admin/accounts/session/", "user__password__startswith=a"),
        ("/admin/chat/message/", "author__password__startswith=a"),
    ],
)
def test_no_column_can_be_asked_for_that_no_filter_offers(staff, path, query):
    assert staff.get(f"{path}?{query}").status_code == 400
    assert staff.get("/admin/accounts/user/?is_admin__exact=1").status_code == 200


@pytest.mark.parametrize("chosen", ["zz", "a\0b", "1"])
def test_garbage_in_a_choice_of_rows_is_a_client_s_mistake(staff, root, chosen):
    for path, action in (("accounts/user", "disable"), ("accounts/session", "end"), ("chat/message", "restore")):
        body = {"action": action, "_selected_action": chosen}
        assert staff.post(f"/admin/{path}/", body).status_code == 400
    body = {"action": "enable", "_selected_action": str(root.pk)}
    assert staff.post("/admin/accounts/user/", body).status_code == 302


def test_admin_leads_to_no_page_of_a_row(staff):
    assert staff.get("/admin/r/7/zz/").status_code == 404
