"""What browsers are told on every answer."""

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
