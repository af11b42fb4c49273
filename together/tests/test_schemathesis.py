"""Schemathesis tries every operation with what its description allows and with what it does not."""

import json
import os

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chat.actions import send_message
from together.rest.docs import description
from together.testing.cast import bearer
from together.wsgi import application

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# What would end the sign-in that the others need, or the server that they are about, is tried with unknown ids only.
ENDING = {"users_logout", "users_change_password", "servers_destroy", "channels_destroy", "messages_destroy"}


schema = schemathesis.openapi.from_dict(json.loads(json.dumps(description(), default=str)))
schema.app = application


@pytest.fixture
def known(cast, settings):
    settings.RATE_LIMITS = {}
    message = send_message(actor=cast.alice, channel_id=cast.general.pk, content="hello")
    ids = {
        "server_id": cast.server.pk,
        "channel_id": cast.general.pk,
        "message_id": message.pk,
        "user_id": cast.bob.pk,
    }
    # As Django's own test client does: the request shares the test's transaction.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield bearer(cast.alice), {name: str(id) for name, id in ids.items()}
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@schema.parametrize()
@settings(
    max_examples=int(os.environ.get("SCHEMATHESIS_EXAMPLES", "8")),
    derandomize=True,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_one_that_the_description_names(case, known):
    headers, ids = known
    if case.operation.definition.raw["operationId"] not in ENDING:
        case.path_parameters = {name: ids.get(name, value) for name, value in (case.path_parameters or {}).items()}
    case.call_and_validate(headers=headers, checks=CHECKS)
