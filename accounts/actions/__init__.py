"""What people do with their accounts, and administrators with those of others: one function per intention."""

from accounts.actions.administration import delete_user, demote, disable, enable, end_session, promote, update_account
from accounts.actions.presence import appear, disappear, prolong
from accounts.actions.profile import change_password, reset_password, update_profile
from accounts.actions.registration import register
from accounts.actions.sessions import (
    GRACE,
    MAX_SESSIONS,
    USE_NOTED,
    end_sessions,
    note_use,
    refresh,
    revoke_session,
    sign_in,
    sign_in_page,
    sign_out,
)

__all__ = [
    "GRACE",
    "MAX_SESSIONS",
    "USE_NOTED",
    "appear",
    "change_password",
    "delete_user",
    "demote",
    "disable",
    "disappear",
    "enable",
    "end_session",
    "end_sessions",
    "note_use",
    "prolong",
    "promote",
    "refresh",
    "register",
    "reset_password",
    "revoke_session",
    "sign_in",
    "sign_in_page",
    "sign_out",
    "update_account",
    "update_profile",
]
