"""Django admin: staff see everything but conversations between people and secrets, and change nothing directly."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import InstanceSettings, Session, User
from chat.models import Attachment, Message, Reaction
from guilds.models import Channel, ChannelType, Override
from together.audit import record
from together.audit.entry import AuditEntry
from together.tests.admin.tables import TABLES, WITHOUT_A_LIST, choose, fill, list_of, page_of
from voice.models import VoiceState

pytestmark = pytest.mark.django_db


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


def test_messages_are_found_by_their_words(staff):
    fill(2)
    assert staff.get(list_of(Message), {"q": "whisper 1"}).context["cl"].result_count == 1


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


def test_admin_leads_to_no_page_of_a_row(staff):
    assert staff.get("/admin/r/7/zz/").status_code == 404
