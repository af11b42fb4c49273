"""What browsers are told on every answer."""

import ipaddress
from typing import Any

import pytest
from django.test import Client

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


@pytest.mark.parametrize("path", ["/login", "/api/instance/registration-mode", "/nowhere", "/api/nowhere"])
def test_the_protecting_headers_are_on_every_answer(db: None, path: str) -> None:
    answer = Client().get(path)
    assert {name: answer[name] for name in HEADERS} == HEADERS
    assert "microphone=(self)" in answer["Permissions-Policy"]
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize(("peer", "believed"), [("10.1.2.3", True), ("192.0.2.1", False)])
def test_only_trusted_proxies_are_believed_that_a_request_was_encrypted(
    db: None, settings: Any, peer: str, believed: bool
) -> None:
    settings.TRUSTED_PROXIES = [ipaddress.ip_network("10.0.0.0/8")]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 60
    answer = Client(REMOTE_ADDR=peer).get("/login", headers={"X-Forwarded-Proto": "https"})
    assert ("Strict-Transport-Security" in answer) is believed
