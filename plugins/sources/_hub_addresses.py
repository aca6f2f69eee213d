"""Which addresses a hub may send us to."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urljoin, urlsplit

PORTS = {"http": 80, "https": 443}
API_MODEL = re.compile(r"/api/models/(?P<model>[^/]+/[^/]+|[^/]+)$")
API_PATH = re.compile(r"/api/models/.+?(?P<rest>/(?:revision|tree|commits|auth-check)(?:/.*)?)$")


def origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port; None for anything but a plain http(s) address."""
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
    except (ValueError, KeyError):
        return None
    if not parts.hostname or parts.username or parts.password:
        return None
    return parts.scheme, parts.hostname.lower(), port


def same_origin(one: str, other: str) -> bool:
    return origin(one) is not None and origin(one) == origin(other)


def joined(asked: str, location: str) -> str:
    """The address that an answer names, relative to the one that was asked; empty when it is none."""
    try:
        return urljoin(asked, location) if location else ""
    except ValueError:
        return ""


def may_follow(endpoint: str, target: str, *, elsewhere: bool) -> bool:
    """Whether a redirect of `endpoint` to `target` is followed.

    Questions stay on the endpoint's origin. Files may lie `elsewhere`, but never behind a weaker scheme, and
    never inside our own network unless the endpoint is there itself.
    """
    here, there = origin(endpoint), origin(target)
    if here is None or there is None:
        return False
    if here == there or not elsewhere:
        return here == there
    weaker = here[0] == "https" and there[0] != "https"
    inward = _internal(there[1]) and not _internal(here[1])
    return not weaker and not inward


def _internal(host: str) -> bool:
    """Whether the host is named as an address that is not on the public internet."""
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal")) or "." not in host


def renamed(asked: str, target: str) -> str:
    """The address to ask after a redirect.

    For a renamed model a hub names the new place and forgets the query, some also the revision: what the
    redirect does not say itself is taken from the question.
    """
    old, new = urlsplit(asked), urlsplit(target)
    rest = API_PATH.search(old.path)
    path = new.path + rest["rest"] if rest and API_MODEL.search(new.path) else new.path
    return SplitResult(new.scheme, new.netloc, path, new.query or old.query, "").geturl()
