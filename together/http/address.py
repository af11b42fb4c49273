"""Who is really calling, through the proxies that the operator trusts."""

import ipaddress
from functools import lru_cache
from typing import Any

from django.conf import settings

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(peer: str, forwarded_for: str) -> str:
    """The client's address: the peer's, or, behind trusted proxies, the last one that none of them vouches for.

    `forwarded_for` is the `X-Forwarded-For` header; each proxy appends the address that it saw.
    """
    address = peer
    for hop in reversed([hop.strip() for hop in forwarded_for.split(",") if hop.strip()]):
        if not is_trusted(address) or _parse(hop) is None:
            break
        address = hop
    return str(_parse(address) or address)


def address_of(scope: dict[str, Any]) -> str:
    """The same of an ASGI connection."""
    peer = scope["client"][0] if scope["client"] else ""
    # Of a handshake the names come as they were sent.
    forwarded = b",".join(value for name, value in scope["headers"] if name.lower() == b"x-forwarded-for")
    return client_address(peer, forwarded.decode("latin-1"))


def household(address: str) -> str:
    """What one client can change at will is one address: all of an IPv6 /64, a single one of IPv4."""
    parsed = _parse(address)
    if not isinstance(parsed, ipaddress.IPv6Address):
        return address
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def is_trusted(address: str) -> bool:
    parsed = _parse(address)
    return parsed is not None and any(parsed in network for network in settings.TRUSTED_PROXIES)


# The same few addresses, several times in each request.
@lru_cache(maxsize=4096)
def _parse(address: str) -> Address | None:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return None
    # A dual-stack socket shows IPv4 peers as ::ffff:192.0.2.1.
    return getattr(parsed, "ipv4_mapped", None) or parsed
