"""A world in which things are hidden, and those who ask about them. What needs the settings is imported inside."""

import pytest


@pytest.fixture
def hidden(cast, told):
    """A hidden category with two channels and one hidden channel in an open one, all of them much used by alice."""
    from together.tests.hidden.world import make_hidden

    return make_hidden(cast)


@pytest.fixture
def known(cast, hidden):
    """Ids, for each name that a path may capture, of what charlie and dora know."""
    from chat.actions import send_message

    message = send_message(actor=cast.charlie, channel_id=cast.general.pk, content="hello")
    return {
        "server_id": cast.server.pk,
        "channel_id": cast.general.pk,
        "category_id": cast.general.parent_id,
        "message_id": message.pk,
        "user_id": cast.bob.pk,
        "role_id": cast.moderator.pk,
    }


@pytest.fixture(params=["charlie", "dora", "mallory"])
def ask(request, hidden, api):
    """The API as charlie, who sees least; as dora, who may do everything and is no administrator; as a stranger."""
    from together.tests.hidden.asking import Asker

    client = api(hidden.people[request.param])
    return Asker(client.client, client.headers)


@pytest.fixture(params=["charlie", "dora", "mallory"])
def visit(request, hidden):
    """The same people's browsers."""
    from together.testing.pages import browse
    from together.tests.hidden.asking import Asker

    return Asker(browse(hidden.people[request.param]))
