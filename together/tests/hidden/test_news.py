"""What is hidden is hidden from sockets too: no event and no READY tells of it."""

import json
import re

from accounts.actions import sign_in
from together import events
from together.events import event as registry
from together.gateway import reach
from together.tests.hidden.world import Hidden, act_in_hidden_places


def test_no_event_of_what_happens_there_reaches_those_who_do_not_see_it(
    cast, api, frames, django_capture_on_commit_callbacks
):
    """Whatever alice does in a hidden place: no frame that these people may hear holds a word of it."""
    with django_capture_on_commit_callbacks(execute=True):
        ids = act_in_hidden_places(cast)
    hidden = Hidden(ids, {"charlie": cast.charlie, "mallory": cast.mallory})
    heard = {user: hearing(user) for user in hidden.people.values()}
    happened = frames()
    about = [frame for frame in happened if set(hidden.needles) & set(re.findall(r"[\w-]{36}|quokka", str(frame.d)))]
    public = [frame for frame in about if not frame.name.startswith("@")]
    # All that a place can be the subject of happened, so that a new kind of event must be made to happen here too.
    of_places = ("CHANNEL_", "CATEGORY_", "MESSAGE_CREATE", "MESSAGE_UPDATE", "MESSAGE_DELETE")
    wanted = {name for name in registry._builders if name.startswith(of_places)}
    assert wanted <= {frame.name for frame in happened}
    assert public
    for frame in public:
        for user, audiences in heard.items():
            # The category was made in the open and then closed, as was what was put into it before.
            if audiences & set(frame.audiences):
                assert frame.name in {"CATEGORY_CREATE"}, (user, frame)


def test_ready_holds_nothing_of_it(hidden):
    for user in hidden.people.values():
        session, _refresh = sign_in(user=user)
        told = json.dumps(reach.view(user.pk, session.pk).ready, default=str)
        for needle in hidden.needles:
            assert needle not in told, user


def hearing(user):
    session, _refresh = sign_in(user=user)
    own = {events.user(user.pk), events.session(session.pk)}
    return own | reach.view(user.pk, session.pk).audiences
