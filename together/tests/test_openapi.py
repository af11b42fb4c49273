"""The description of the API is right, and can be read by people."""

import re
from io import StringIO

import pytest
from django.core.management import call_command
from drf_spectacular.drainage import GENERATOR_STATS

from together.api import urlpatterns
from together.rest.docs import description

TAGS = {
    "admin", "audit", "auth", "categories", "channels", "health", "invites", "members", "messages", "moderation",
    "overrides", "permissions", "roles", "servers", "templates", "users",
}  # fmt: skip


@pytest.fixture(scope="module")
def operations():
    """(method, path) → operation."""
    found = {}
    for path, item in description()["paths"].items():
        for method, operation in item.items():
            found[method.upper(), path] = operation
    return found


def test_it_is_served_as_openapi_3_1_to_everyone(api, db):
    answer = api().get("/schema")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/json")
    assert answer.json()["openapi"].startswith("3.1")
    assert answer.json()["info"]["title"] == "Together"


def test_it_is_valid_and_made_without_a_warning():
    GENERATOR_STATS.reset()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=StringIO())


def test_every_route_and_method_is_described_and_nothing_else(operations):
    served = set()
    for route in urlpatterns[:-1]:
        path = "/api/" + re.sub(r"<str:(\w+)>", r"{\1}", str(route.pattern))
        if path not in ("/api/schema", "/api/docs"):
            served |= {(method.upper(), path) for method in route.callback.actions if method != "head"}
    assert set(operations) == served


def test_every_operation_has_a_name_of_its_own_a_tag_a_summary_and_a_description(operations):
    ids = [operation["operationId"] for operation in operations.values()]
    assert len(set(ids)) == len(ids)
    for operation in operations.values():
        assert operation["tags"][0] in TAGS
        assert operation["summary"]
        assert operation["description"]


def test_what_needs_credentials_says_so_and_answers_401(operations):
    public = {path for (_method, path), operation in operations.items() if operation["security"] == [{}]}
    assert public == {
        "/api/auth/register", "/api/auth/login", "/api/auth/refresh", "/api/auth/reset-password",
        "/api/auth/mail-reset", "/api/instance/registration-mode", "/api/health", "/api/health/live",
        "/api/health/ready",
    }  # fmt: skip
    for (_method, path), operation in operations.items():
        if path not in public:
            assert operation["security"] == [{"bearer": []}]
            assert "401" in operation["responses"]


def test_every_refusal_has_the_one_shape(operations):
    for operation in operations.values():
        for code, response in operation["responses"].items():
            if code >= "400" and "health" not in operation["tags"]:
                schema = response["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Error"}
                assert response["description"]


@pytest.mark.parametrize(
    ("operation", "codes"),
    [
        (("POST", "/api/auth/login"), "200 400 401 403 413 415 422 429 503"),
        (("POST", "/api/auth/logout"), "204 401 429 503"),
        (("GET", "/api/servers"), "200 401 429 503"),
        (("POST", "/api/servers/{server_id}/join"), "201 400 401 403 404 409 429 503"),
        (("POST", "/api/channels/{channel_id}/messages"), "201 400 401 403 404 409 413 415 422 429 503"),
        (("GET", "/api/channels/{channel_id}/messages"), "200 400 401 404 429 503"),
        (("POST", "/api/servers/{server_id}/invites"), "201 400 401 403 404 413 415 422 429 503"),
        (("GET", "/api/invites/{code}"), "200 401 404 429 503"),
        (("POST", "/api/invites/{code}/accept"), "201 400 401 403 404 409 429 503"),
        (("GET", "/api/server-templates"), "200 401 429 503"),
        (("GET", "/api/health"), "200 503"),
    ],
)
def test_an_operation_names_the_answers_that_it_gives_and_no_others(operations, operation, codes):
    assert " ".join(operations[operation]["responses"]) == codes


def test_what_is_required_and_what_may_be_null_is_right():
    schemas = description()["components"]["schemas"]
    assert set(schemas["Message"]["required"]) == set(schemas["Message"]["properties"])
    assert schemas["Message"]["properties"]["edited_at"]["type"] == ["string", "null"]
    assert schemas["Message"]["properties"]["content"]["type"] == "string"
    assert schemas["MessageUpdateRequest"]["required"] == ["content"]
    assert schemas["MessageCreateRequest"]["required"] == ["content"]
    assert schemas["MessageCreateRequest"]["properties"]["nonce"]["type"] == ["string", "null"]
    assert "required" not in schemas["ProfileUpdateRequest"]
    assert set(schemas["RegisterRequest"]["required"]) == {"username", "password"}
    assert not {"email", "is_admin", "password"} & set(schemas["Profile"]["properties"])
    assert schemas["Error"]["required"] == ["error"]


def test_parameters_are_described(operations):
    history = operations["GET", "/api/channels/{channel_id}/messages"]["parameters"]
    assert {parameter["name"] for parameter in history} == {"channel_id", "before", "after", "limit"}
    members = operations["GET", "/api/servers/{server_id}/members"]["parameters"]
    assert {parameter["name"] for parameter in members} == {"server_id", "search", "role", "after", "limit"}


def test_the_docs_need_nothing_inline_and_nothing_from_elsewhere(api, db):
    answer = api().get("/docs")
    html = answer.content.decode()
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "unsafe-inline" not in answer.headers["Content-Security-Policy"]
    assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
    assert re.findall(r"<script(?![^>]*\bsrc=)", html) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=", html) == []
    assets = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(assets) == 4
    for asset in assets:
        assert asset.startswith("/static/")
        assert api().client.get(asset).status_code == 200


def test_the_script_of_the_docs_asks_only_us(api, db):
    script = b"".join(api().client.get("/static/js/docs.js").streaming_content).decode()
    assert "validatorUrl: null" in script
    assert "http" not in script
    [address] = re.findall(r'data-schema="([^"]+)"', api().get("/docs").content.decode())
    assert api().client.get(address).json()["openapi"]


def test_the_docs_are_read_only(api, db):
    for path in ("/docs", "/schema"):
        answer = api().post(path, {})
        assert (answer.status_code, set(answer.json())) == (405, {"error"})
