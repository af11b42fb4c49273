"""What the native shells, which are other origins to a browser, may do."""

import pytest

SHELL = "tauri://localhost"


@pytest.fixture
def production(settings):
    settings.CORS_ALLOW_ALL_ORIGINS = False
    settings.CORS_ALLOWED_ORIGINS = [SHELL, "https://app.example.org"]


def preflight(api, path, method, origin=SHELL):
    headers = {
        "Origin": origin,
        "Access-Control-Request-Method": method,
        "Access-Control-Request-Headers": "authorization,content-type",
    }
    return api().client.options(path, headers=headers)


def words(answer, header):
    return {word.strip().lower() for word in answer.headers[header].split(",")}


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_listed_origin_may_use_every_method_with_credentials_in_the_header(api, production, method):
    answer = preflight(api, "/api/users/@me", method)
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == SHELL
    assert method.lower() in words(answer, "Access-Control-Allow-Methods")
    assert {"authorization", "content-type"} <= words(answer, "Access-Control-Allow-Headers")
    assert "Access-Control-Allow-Credentials" not in answer.headers


@pytest.mark.parametrize("path", ["/api/health", "/api/instance/registration-mode", "/api/nothing", "/api/users/@me"])
def test_a_listed_origin_may_read_answers_and_refusals(api, db, production, path):
    answer = api().client.get(path, headers={"Origin": SHELL})
    assert answer.headers["Access-Control-Allow-Origin"] == SHELL
    assert {"content-disposition", "retry-after"} <= words(answer, "Access-Control-Expose-Headers")
    assert "origin" in words(answer, "Vary")


def test_a_refusal_for_haste_can_be_read_too(api, db, production, settings):
    settings.RATE_LIMITS = {"address": "1/minute"}
    answers = [api().client.get("/api/instance/registration-mode", headers={"Origin": SHELL}) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 429]
    assert answers[1].headers["Access-Control-Allow-Origin"] == SHELL


@pytest.mark.parametrize(
    "origin",
    ["https://evil.example", "https://app.example.org.evil.example", "http://app.example.org", "null", "https://["],
)
def test_other_origins_get_nothing_in_production(api, db, production, origin):
    for answer in (
        preflight(api, "/api/users/@me", "GET", origin),
        api().client.get("/api/health", headers={"Origin": origin}),
    ):
        assert "Access-Control-Allow-Origin" not in answer.headers
        assert answer.status_code < 500


def test_any_origin_will_do_in_development(api, db):
    answer = api().client.get("/api/health", headers={"Origin": "http://localhost:5173"})
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_pages_are_for_our_own_origin(api, db):
    answer = api().client.get("/", headers={"Origin": SHELL})
    assert "Access-Control-Allow-Origin" not in answer.headers
