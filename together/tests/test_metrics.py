"""Figures for Prometheus: private, bounded in number, and without anything that a client chose."""

import pytest
from django.test import Client

from together import metrics
from together.testing.cast import Cast

TOKEN = "a token of the operator's own"


@pytest.fixture
def scrape(settings, db):
    settings.METRICS_TOKEN = TOKEN.replace(" ", "-")

    def scrape() -> str:
        answer = Client().get("/metrics", headers={"Authorization": f"Bearer {settings.METRICS_TOKEN}"})
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith("text/plain")
        return answer.content.decode()

    return scrape


def value(text: str, name: str) -> float:
    [line] = [line for line in text.splitlines() if line.startswith(f"{name} ")]
    return float(line.rpartition(" ")[2])


def test_without_a_token_there_is_no_such_page(db, settings):
    unknown = Client().get("/nowhere")
    for credentials in ({}, {"Authorization": "Bearer "}, {"Authorization": "Bearer x"}):
        for settings.METRICS_TOKEN in ("", "the-token-of-the-operator"):
            answer = Client().get("/metrics", headers=credentials)
            assert answer.status_code == 404
            assert answer.content == unknown.content


def test_requests_are_counted_by_the_pattern_of_their_address(scrape, api, cast: Cast):
    api(cast.bob).get(f"/servers/{cast.server.pk}")
    api(cast.bob).get("/servers/nonsense?token=very-secret")
    text = scrape()
    route = 'method="GET",route="/api/servers/<str:server_id>"'
    assert value(text, f'together_http_request_seconds_count{{{route},status="2xx"}}') >= 1
    assert value(text, f'together_http_request_seconds_count{{{route},status="4xx"}}') >= 1
    assert str(cast.server.pk) not in text
    assert "secret" not in text


def test_what_clients_make_up_adds_no_series(scrape):
    scrape()
    before = scrape().count("together_http_request_seconds_count")
    for number in range(5):
        Client().generic(f"METHOD{number}", f"/made/up/{number}")
    assert scrape().count("together_http_request_seconds_count") <= before + 1


def test_what_the_gateway_tells_is_shown(scrape):
    metrics.delivered(3)
    metrics.queued(total=500, largest=400)
    metrics.dropped(4009)
    metrics.resumed("replayed")
    metrics.announced(2, lag=0.2)
    text = scrape()
    assert value(text, "together_deliveries_total") >= 3
    assert value(text, 'together_queued_bytes{of="slowest"}') == 400
    assert value(text, 'together_socket_drops_total{code="4009"}') >= 1
    assert value(text, 'together_resumes_total{outcome="replayed"}') >= 1
    assert value(text, "together_events_announced_total") >= 2
    assert value(text, "together_sockets") == 0
    assert value(text, 'together_database_connections{state="allowed"}') >= 1
