from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.web_address import is_public, web_address

NO_NAMES = ("127.1", "0x7f.0.0.1", "2130706433", "1.2.3.4.", "a..b", "-a.b", "ho\\st.b", "a%2e.b", "a" * 64)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "https://example.com",
            "http://example.com:80/a?b=c#d",
            "https://example.com:443/",
            "https://8.8.8.8/",
        ),
        "https://[2606:4700::1111]/",
        *("https://EXAMPLE.com./", "https://a_b.3com.example/", "https://xn--bcher-kva.example/"),
    ],
)
def test_a_public_web_address_is_taken_as_it_is(address):
    assert web_address(address) == address


@pytest.mark.parametrize(
    ("address", "cause"),
    [
        (7, "must be a web address"),
        ("", "must begin with https://"),
        ("example.com", "must begin with https://"),
        ("ftp://example.com", "must begin with https://"),
        ("file:///etc/passwd", "must begin with https://"),
        ("https://", "name a host"),
        ("https://exаmple.com", "must be a web address in ASCII"),
        ("https://example.com/a b", "without spaces"),
        ("https://example.com/\n", "without spaces"),
        ("https://me:secret@example.com", "no user name or password"),
        ("https://example.com:8443/", "names port 8443; only 443"),
        ("http://example.com:443/", "names port 443; only 80"),
        ("http://127.0.0.1/", "no public address"),
        ("http://[::1]/", "no public address"),
        ("http://[::ffff:10.0.0.1]/", "no public address"),
        ("http://169.254.169.254/latest/meta-data/", "no public address"),
        *((f"https://{host}/", "no name of a host") for host in NO_NAMES),
        *((f"https://{host}/", "cannot be read") for host in ("a:99999", "a:b", "[::1")),
        ("https://example.com/" + "a" * 2000, "at most 2000 fit"),
    ],
)
def test_any_other_address_is_refused_with_its_cause(address, cause):
    with pytest.raises(ValueError, match=cause):
        web_address(address)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("8.8.8.8", True),
        ("2606:4700::1111", True),
        *((one, False) for one in ("0.0.0.0", "10.1.2.3", "127.0.0.1", "169.254.169.254", "172.16.0.1")),
        *((one, False) for one in ("192.168.1.1", "100.64.0.1", "224.0.0.1", "255.255.255.255")),
        *((one, False) for one in ("::", "::1", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1")),
        ("2002:7f00:1::", False),
        ("64:ff9b::7f00:1", False),
        ("64:ff9b::808:808", True),
    ],
)
def test_only_addresses_of_the_public_internet_are_public(address, public):
    assert is_public(address) is public


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_makes_it_no_more_public(address):
    assert is_public(f"::ffff:{address}") == is_public(str(address))
    assert is_public(f"64:ff9b::{address}") == is_public(str(address))
