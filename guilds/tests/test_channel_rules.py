"""PATCH /servers/{id}/channels/{id} with `default_allow`, `default_deny`, `inherits` and another category."""

import pytest

from guilds import access
from guilds.models import Channel, MemberRole, Override, Role
from guilds.permissions import Permission
from together.audit.entry import AuditEntry
from together.events.log import EventRecord

P = Permission


@pytest.fixture
def text(cast):
    """A category that is hidden but for charlie, and #general inherits from it."""
    category = cast.general.parent
    category.default_deny = P.VIEW_CHANNEL
    category.save()
    Override.objects.create(channel=category, user=cast.charlie, allow=P.VIEW_CHANNEL, deny=P.ADD_REACTIONS)
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    return category


def patch(api, cast, user, **body):
    return api(user).patch(f"/servers/{cast.server.pk}/channels/{cast.general.pk}", body)


def rules(channel):
    channel = Channel.objects.get(pk=channel.pk)
    return channel.inherits, channel.default_allow, channel.default_deny, channel.overrides.count()


def test_a_channel_is_hidden_by_one_switch_and_who_loses_it_hears_no_more(api, cast, told, frames):
    answer = patch(api, cast, cast.alice, default_deny=1)
    assert (answer.status_code, answer.json()["default_deny"]) == (200, 1)
    assert set(access.viewers(cast.general)) == {cast.alice}
    assert [(event.name, event.audiences) for event in told()] == [
        ("@access_changed", [f"server:{cast.server.pk}"]),
        ("CHANNEL_UPDATE", [f"channel:{cast.general.pk}"]),
    ]
    assert frames()[-1].d == answer.json()
    entry = AuditEntry.objects.get(action="channel_update")
    assert (entry.before, entry.after) == ({"default_deny": 0}, {"default_deny": 1})


def test_what_changes_no_rule_changes_no_access(api, cast, told):
    patch(api, cast, cast.alice, name="other", slow_mode=5, position=3)
    assert [event.name for event in told()] == ["CHANNEL_UPDATE"]


def test_nobody_gives_or_takes_what_they_lack(api, cast):
    for name in ("default_allow", "default_deny"):
        refused = patch(api, cast, cast.bob, **{name: int(P.MENTION_EVERYONE)})
        assert (refused.status_code, "MENTION_EVERYONE" in refused.json()["error"]) == (403, True)
        assert patch(api, cast, cast.bob, **{name: int(P.MANAGE_MESSAGES)}).status_code == 200
        assert patch(api, cast, cast.alice, **{name: int(P.MENTION_EVERYONE)}).status_code == 200
        assert patch(api, cast, cast.alice, **{name: 0}).status_code == 200


def test_what_is_both_given_and_taken_is_refused_even_one_after_the_other(api, cast):
    assert patch(api, cast, cast.bob, default_allow=2, default_deny=2).status_code == 400
    assert patch(api, cast, cast.bob, default_allow=2).status_code == 200
    assert patch(api, cast, cast.bob, default_deny=2).status_code == 400
    assert patch(api, cast, cast.bob, default_allow=0, default_deny=2).status_code == 200


def test_rules_of_its_own_begin_as_a_copy_of_the_categorys(api, cast, text):
    before = {user: access.flags(user, cast.general) for user in (cast.alice, cast.bob, cast.charlie)}
    assert patch(api, cast, cast.alice, inherits=False).json()["default_deny"] == 1
    assert rules(cast.general) == (False, 0, 1, 1)
    assert {user: access.flags(user, cast.general) for user in before} == before
    # From here on the category has no say.
    Channel.objects.filter(pk=text.pk).update(default_deny=0)
    assert set(access.viewers(cast.general)) == {cast.alice, cast.charlie}


def test_a_default_of_its_own_replaces_the_copy_of_that_one_only(api, cast, text):
    assert patch(api, cast, cast.alice, default_allow=int(P.MENTION_EVERYONE)).status_code == 200
    assert rules(cast.general) == (False, P.MENTION_EVERYONE, 1, 1)


def test_what_is_shown_of_one_that_inherits_may_be_sent_back(api, cast, text, told):
    shown = api(cast.alice).get(f"/servers/{cast.server.pk}/channels/{cast.general.pk}").json()
    assert (shown["inherits"], shown["default_deny"]) == (True, 0)
    assert patch(api, cast, cast.alice, **shown).json() == shown
    assert rules(cast.general) == (True, 0, 0, 0)
    assert told() == []


def test_inheriting_ends_its_own_rules(api, cast, text):
    Channel.objects.filter(pk=cast.general.pk).update(inherits=False, default_allow=P.SPEAK)
    Override.objects.create(channel=cast.general, user=cast.bob, allow=P.MANAGE_MESSAGES)
    assert set(access.viewers(cast.general)) == {cast.alice, cast.bob, cast.charlie}
    assert patch(api, cast, cast.alice, inherits=True).json()["inherits"] is True
    assert rules(cast.general) == (True, 0, 0, 0)
    assert set(access.viewers(cast.general)) == {cast.alice, cast.charlie}


def test_a_channel_in_no_category_cannot_inherit(api, cast, text):
    assert patch(api, cast, cast.alice, inherits=True, default_deny=2).status_code == 400
    assert patch(api, cast, cast.alice, category="", inherits=True).status_code == 400
    Channel.objects.filter(pk=cast.general.pk).update(inherits=False, parent=None)
    assert patch(api, cast, cast.alice, inherits=True).status_code == 400
    assert patch(api, cast, cast.alice, inherits=True, category="Text").json()["inherits"] is True


@pytest.mark.parametrize("out", [{"category": ""}, {"category_id": None}])
def test_leaving_the_category_opens_nothing(api, cast, text, out):
    seen = set(access.viewers(cast.general))
    answer = patch(api, cast, cast.alice, **out).json()
    assert (answer["category"], answer["category_id"], answer["inherits"]) == (None, None, False)
    assert rules(cast.general) == (False, 0, 1, 1)
    assert set(access.viewers(cast.general)) == seen


def test_another_category_lends_its_own_rules(api, cast, text):
    news = Channel.objects.create(server=cast.server, name="News", type="category", default_deny=P.SEND_MESSAGES)
    assert patch(api, cast, cast.alice, category_id=str(news.pk)).json()["inherits"] is True
    assert rules(cast.general) == (True, 0, 0, 0)
    assert set(access.viewers(cast.general)) == {cast.alice, cast.bob, cast.charlie}
    assert not access.can(cast.charlie, P.SEND_MESSAGES, cast.general)


def test_moving_or_inheriting_is_a_change_of_rules_like_any_other(api, cast):
    """A moderator can neither lift nor lay on what speaks of who ranks as high, or of flags that they lack."""
    Channel.objects.filter(pk=cast.general.pk).update(inherits=True)
    news = Channel.objects.create(server=cast.server, name="News", type="category")
    peer = Override.objects.create(channel=news, role=cast.moderator, allow=P.SPEAK)
    for wanted in ({"category_id": str(news.pk)}, {"category": "News"}):
        assert patch(api, cast, cast.bob, **wanted).status_code == 403
    peer.delete()
    Channel.objects.filter(pk=news.pk).update(default_allow=P.MUTE_MEMBERS)
    assert patch(api, cast, cast.bob, category="News").status_code == 403
    Channel.objects.filter(pk=news.pk).update(default_allow=P.MANAGE_MESSAGES)
    assert patch(api, cast, cast.bob, category="News").status_code == 200
    assert Channel.objects.get(pk=cast.general.pk).parent_id == news.pk


def test_who_ranks_below_may_be_touched(api, cast):
    junior = Role.objects.create(server=cast.server, name="Junior", position=0)
    Override.objects.create(channel=cast.general, role=junior, allow=P.MANAGE_MESSAGES)
    assert patch(api, cast, cast.bob, inherits=True).status_code == 200
    assert rules(cast.general) == (True, 0, 0, 0)


def test_what_hides_a_channel_from_its_editor_is_carried_out_all_the_same(api, cast):
    """Somebody with the flags may lock themselves out; the answer is the last thing that they see of it."""
    helper = Role.objects.create(server=cast.server, name="Helper", permissions=P.MANAGE_CHANNELS, position=1)
    MemberRole.objects.create(member=cast.server.members.get(user=cast.charlie), role=helper)
    assert patch(api, cast, cast.charlie, default_deny=1).status_code == 200
    assert patch(api, cast, cast.charlie, default_deny=0).status_code == 404
    assert EventRecord.objects.filter(name="CHANNEL_UPDATE").count() == 1
