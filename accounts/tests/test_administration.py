"""What administrators of the instance do with accounts: one always remains, and each act is in the audit log."""

import pytest
from django.db import transaction

from accounts.actions import delete_user, demote, disable, enable, end_session, promote, sign_in, update_account
from accounts.models import Session, User
from accounts.signals import account_ending
from together.audit.entry import AuditEntry
from together.refusals import Forbidden, NotFound, Refusal
from together.testing.threads import at_once

ACTS = [disable, enable, promote, demote, delete_user]


def fresh(user):
    return User.objects.get(pk=user.pk)


def logged():
    entries = AuditEntry.objects.order_by("created_at")
    return [(entry.action, entry.actor_id, entry.server_id, entry.target_type, entry.target_id) for entry in entries]


def test_disabling_ends_every_sign_in_and_closes_its_sockets(api, cast, told):
    session, refresh = sign_in(user=cast.bob)
    told()

    disable(actor=cast.alice, user=cast.bob)

    assert not fresh(cast.bob).is_active
    assert api(cast.bob, session=session).get("/users/@me").status_code == 401
    assert api().post("/auth/refresh", {"refresh_token": refresh}).status_code in (401, 403)
    assert [(event.name, event.audiences) for event in told()] == [("@sessions_ended", [f"session:{session.pk}"])]
    assert logged() == [("user_disable", cast.alice.pk, None, "user", cast.bob.pk)]


def test_enabling_lets_them_sign_in_again_but_gives_no_old_sign_in_back(api, cast):
    session, _refresh = sign_in(user=cast.bob)
    disable(actor=cast.alice, user=cast.bob)
    enable(actor=cast.alice, user=cast.bob)
    assert fresh(cast.bob).is_active
    assert api(cast.bob, session=session).get("/users/@me").status_code == 401
    assert api(fresh(cast.bob)).get("/users/@me").status_code == 200
    assert [entry.action for entry in AuditEntry.objects.order_by("created_at")] == ["user_disable", "user_enable"]


def test_promoting_and_demoting_count_at_once(api, cast):
    bob = api(cast.bob)
    assert bob.get("/admin/stats").status_code == 403
    promote(actor=cast.alice, user=cast.bob)
    assert bob.get("/admin/stats").status_code == 200
    demote(actor=cast.alice, user=cast.bob)
    assert bob.get("/admin/stats").status_code == 403
    changes = [(entry.action, entry.before, entry.after) for entry in AuditEntry.objects.order_by("created_at")]
    assert changes == [
        ("user_promote", {"is_admin": False}, {"is_admin": True}),
        ("user_demote", {"is_admin": True}, {"is_admin": False}),
    ]


def test_what_changes_nothing_is_neither_told_nor_logged(cast, told):
    promote(actor=cast.alice, user=cast.alice)
    demote(actor=cast.alice, user=cast.bob)
    enable(actor=cast.alice, user=cast.bob)
    User.objects.filter(pk=cast.bob.pk).update(disabled_at="2026-01-01T00:00Z")
    disable(actor=cast.alice, user=cast.bob)
    assert str(fresh(cast.bob).disabled_at.date()) == "2026-01-01"
    assert (told(), logged()) == ([], [])


@pytest.mark.parametrize("act", ACTS)
def test_nobody_but_active_administrators_may(cast, told, act):
    for disabled_at, admin in ((None, False), ("2026-01-01T00:00Z", True)):
        User.objects.filter(pk=cast.bob.pk).update(disabled_at=disabled_at, is_admin=admin)
        # What was true when the request began does not count.
        with pytest.raises(Forbidden):
            act(actor=User(pk=cast.bob.pk, is_admin=True), user=cast.charlie)
    assert (told(), logged()) == ([], [])
    assert fresh(cast.charlie).is_active


@pytest.mark.parametrize("act", [disable, demote, delete_user])
def test_nobody_does_it_to_themself(cast, told, act):
    promote(actor=cast.alice, user=cast.bob)
    with pytest.raises(Refusal) as refusal:
        act(actor=cast.bob, user=cast.bob)
    assert refusal.value.status_code == 400
    assert fresh(cast.bob).is_staff
    assert told() == []


@pytest.mark.parametrize("act", ACTS)
def test_somebody_who_is_gone_is_not_found(cast, act):
    ghost = User(username="ghost")
    with pytest.raises(NotFound):
        act(actor=cast.alice, user=ghost)
    assert logged() == []


def test_a_bot_is_made_no_administrator(cast):
    bot = User.objects.create(username="helper", is_bot=True)
    with pytest.raises(Refusal):
        promote(actor=cast.alice, user=bot)
    assert not fresh(bot).is_admin


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("act", [disable, demote, delete_user])
def test_of_two_administrators_who_do_it_to_each_other_one_remains(act):
    root, other = (User.objects.create_superuser(name, "a password of theirs") for name in ("root", "other"))

    def strike(number):
        try:
            act(actor=(root, other)[number], user=(other, root)[number])
        except Forbidden:
            return False
        return True

    assert sorted(at_once(2, strike)) == [False, True]
    assert User.objects.active().filter(is_admin=True).count() == 1
    assert AuditEntry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_ten_administrators_who_demote_the_next_at_once_one_remains_at_least():
    circle = [User.objects.create_superuser(f"root{number}", "a password of theirs") for number in range(10)]

    def strike(number):
        try:
            demote(actor=circle[number], user=circle[(number + 1) % 10])
        except Forbidden:
            return 0
        return 1

    done = sum(at_once(10, strike))
    assert User.objects.active().filter(is_admin=True).count() == 10 - done >= 1
    assert AuditEntry.objects.count() == done


def test_both_are_changed_or_neither(cast):
    update_account(actor=cast.alice, user=cast.bob, is_admin=True, disabled=True)
    assert (fresh(cast.bob).is_admin, fresh(cast.bob).is_active) == (True, False)
    with pytest.raises(Refusal):
        update_account(actor=cast.alice, user=cast.alice, is_admin=True, disabled=True)
    with pytest.raises(Refusal), transaction.atomic():
        update_account(actor=cast.alice, user=User.objects.create(username="b", is_bot=True), is_admin=True)
    update_account(actor=cast.alice, user=cast.bob)
    assert len(logged()) == 2


def test_a_deleted_account_is_gone_and_its_sign_ins_with_it(api, cast, told):
    session, _refresh = sign_in(user=cast.mallory)
    told()
    delete_user(actor=cast.alice, user=cast.mallory)
    assert not User.objects.filter(pk=cast.mallory.pk).exists()
    assert not Session.objects.filter(pk=session.pk).exists()
    assert [(event.name, event.audiences) for event in told()] == [("@sessions_ended", [f"session:{session.pk}"])]
    assert logged() == [("user_delete", cast.alice.pk, None, "user", cast.mallory.pk)]
    assert AuditEntry.objects.get().details == {"username": "mallory"}


def test_what_a_receiver_refuses_keeps_the_account(cast, told):
    def refuse(**signal):
        raise Refusal("not now")

    account_ending.connect(refuse)
    try:
        with pytest.raises(Refusal, match="not now"):
            delete_user(actor=cast.alice, user=cast.charlie)
    finally:
        account_ending.disconnect(refuse)
    assert fresh(cast.charlie).is_active
    assert (told(), logged()) == ([], [])


def test_a_sign_in_is_ended_once(cast, told):
    session, _refresh = sign_in(user=cast.bob)
    session.client = "Firefox"
    session.save()
    for _time in range(2):
        end_session(actor=cast.alice, session=session)
    assert len(told()) == 1
    assert logged() == [("session_end", cast.alice.pk, None, "user", cast.bob.pk)]
    assert AuditEntry.objects.get().details == {"session_id": str(session.pk), "client": "Firefox"}
