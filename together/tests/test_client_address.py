"""Whose request it is, behind the proxies that the operator trusts and no others."""

import ipaddress

import pytest

from together.http.address import address_of, client_address, household

PROXY, CLIENT, LIAR = "10.0.0.1", "198.51.100.7", "203.0.113.9"


@pytest.fixture
def behind_proxies(settings):
    settings.TRUSTED_PROXIES = [ipaddress.ip_network(block) for block in ("10.0.0.0/8", "fd00::/8")]


@pytest.mark.parametrize("forwarded", ["", LIAR, f"{LIAR}, {PROXY}", "nonsense"])
def test_without_trusted_proxies_the_peer_is_the_client_whatever_it_says(settings, forwarded):
    settings.TRUSTED_PROXIES = []
    assert client_address(PROXY, forwarded) == PROXY


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (CLIENT, LIAR, CLIENT),
        (PROXY, CLIENT, CLIENT),
        (PROXY, f"{LIAR}, {CLIENT}", CLIENT),
        (PROXY, f"{LIAR},{CLIENT} , 10.9.9.9", CLIENT),
        (PROXY, "", PROXY),
        (PROXY, " , ,", PROXY),
        (PROXY, "nonsense", PROXY),
        (PROXY, f"{LIAR}, nonsense", PROXY),
        (PROXY, f"{LIAR}, {CLIENT}:1234", PROXY),
        (PROXY, "10.9.9.9", "10.9.9.9"),
        (f"::ffff:{PROXY}", f"::ffff:{CLIENT}", CLIENT),
        ("fd00::1", "2001:DB8:0::1", "2001:db8::1"),
        ("", CLIENT, ""),
        ("nonsense", CLIENT, "nonsense"),
    ],
)
def test_behind_trusted_proxies_the_last_address_that_none_vouches_for_is_the_client(
    behind_proxies, peer, forwarded, client
):
    assert client_address(peer, forwarded) == client


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"X-Forwarded-For"])
def test_the_address_of_a_connection_is_found_however_its_headers_are_written(behind_proxies, name):
    headers = [(name, LIAR.encode()), (b"host", b"a"), (name, CLIENT.encode())]
    assert address_of({"client": (PROXY, 1), "headers": headers}) == CLIENT
    assert address_of({"client": (PROXY, 1), "headers": []}) == PROXY
    assert address_of({"client": None, "headers": headers}) == ""


def test_a_household_is_one_ipv4_address_or_an_ipv6_64():
    assert household(CLIENT) == CLIENT
    assert household("2001:db8::1") == household("2001:db8::ffff:1") == "2001:db8::/64"
    assert household("2001:db8:0:1::1") != household("2001:db8::1")
    assert household("") == ""
