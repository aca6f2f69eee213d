"""Which addresses of the web a server may be asked to open on behalf of people."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any
from urllib.parse import urlsplit

from governance.core.sentences import shown

PORTS = {"http": 80, "https": 443}
_NAT64 = IPv6Network("64:ff9b::/96")
_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"(?:{_LABEL}\.)*(?!(?:0x[0-9a-f]*|[0-9]+)\.?$){_LABEL}\.?")
"""Of a host. What ends in a number is another spelling of an address: `127.1`, `0x7f.0.0.1`."""


def web_address(value: Any, *, private: bool = False) -> str:
    """An address as people give it. Raises ValueError with the cause.

    `private`: any port, and hosts of the own network too.
    """
    if not isinstance(value, str) or not value.isascii() or any(c <= " " or c == "\x7f" for c in value):
        raise ValueError("must be a web address in ASCII without spaces, as https://example.com/about")
    if len(value) > 2000:
        raise ValueError(f"has {len(value)} characters; at most 2000 fit")
    try:
        parts = urlsplit(value)
        port = parts.port
    except ValueError:
        raise ValueError("has a host or port that cannot be read") from None
    if parts.scheme not in PORTS or not parts.hostname:
        raise ValueError("must begin with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must hold no user name or password")
    if not _literal(parts.hostname) and not _NAME.fullmatch(parts.hostname):
        raise ValueError(f"names {shown(parts.hostname)}, which is no name of a host")
    if port not in (None, PORTS[parts.scheme]) and not private:
        raise ValueError(f"names port {port}; only {PORTS[parts.scheme]} is opened for {parts.scheme}")
    if _literal(parts.hostname) and not private and not is_public(parts.hostname):
        raise ValueError(f"names {parts.hostname}, which is no public address")
    return value


def _literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """Whether an IP address belongs to the public internet, also behind the forms that wrap another one."""
    found: IPv4Address | IPv6Address = ip_address(address)
    if isinstance(found, IPv6Address):
        wrapped = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if found in _NAT64:
            wrapped = IPv4Address(int(found) & 0xFFFFFFFF)
        if wrapped is not None:
            return is_public(str(wrapped))
    return found.is_global and not found.is_multicast
