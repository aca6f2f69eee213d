"""Requests and answers as values, and the refusals that the client tells apart."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

GATED = "Access to model {} is restricted. You must have access to it and be authenticated to access it."
DISABLED = "Access to this resource is disabled."


@dataclass(frozen=True)
class Request:
    """One request as it came in. `path` is not unquoted; `host` tells which origin was asked."""

    method: str
    host: str
    path: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Names in lower case."""
    body: bytes = b""

    @property
    def authorization(self) -> str:
        return self.headers.get("authorization", "")

    def values(self, name: str) -> list[str]:
        """All values of a query parameter, also in the spelling `name[]`."""
        asked = parse_qs(self.query, keep_blank_values=True)
        return [value for key in (name, f"{name}[]") for value in asked.get(key, [])]

    def value(self, name: str, default: str = "") -> str:
        return next(iter(self.values(name)), default)

    def wants(self, name: str) -> bool:
        return self.value(name).lower() in ("true", "1")


@dataclass(frozen=True)
class Manner:
    """How an answer is put on the wire, beside the right way."""

    hang: bool = False
    """Nothing is sent until the server stops."""
    reset: bool = False
    """The connection is reset instead of an answer."""
    cut_after: int | None = None
    """Bytes of the body after which the connection is closed."""
    drip_seconds: float | None = None
    """The body is sent byte by byte with this pause."""


@dataclass(frozen=True)
class Answer:
    """`stream` stands in for `body` where the body is large; it is chunked unless `length` is known."""

    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    stream: Callable[[], Iterator[bytes]] | None = None
    length: int | None = None
    manner: Manner = Manner()

    def but(self, **changes: Any) -> Answer:
        return replace(self, **changes)

    def with_headers(self, headers: Mapping[str, str]) -> Answer:
        return replace(self, headers={**self.headers, **headers})

    def json(self) -> Any:
        return json.loads(self.body)


def json_answer(value: Any, status: int = 200, **headers: str) -> Answer:
    """Keyword names become header names: `X_Repo_Commit` is `X-Repo-Commit`."""
    names = {name.replace("_", "-"): text for name, text in headers.items()}
    return Answer(
        status, {"Content-Type": "application/json; charset=utf-8", **names}, json.dumps(value).encode()
    )


class Refused(Exception):  # noqa: N818
    """The request ends with this answer."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.status)
        self.answer = answer


def refusal(status: int, message: str, code: str = "", **headers: str) -> Refused:
    codes = {"X_Error_Code": code} if code else {}
    return Refused(json_answer({"error": message}, status, X_Error_Message=message, **codes, **headers))


def repository_not_found(anonymous: bool) -> Refused:
    """Missing and private look the same; without a token the Hub asks for one."""
    if anonymous:
        return refusal(
            401, "Invalid username or password.", WWW_Authenticate='Bearer realm="Authentication required"'
        )
    return refusal(404, "Repository not found", "RepoNotFound")


def gated(repo_id: str, anonymous: bool) -> Refused:
    login = " Please log in." if anonymous else " Visit the model page to ask for access."
    return refusal(401 if anonymous else 403, GATED.format(repo_id) + login, "GatedRepo")


def revision_not_found(revision: str) -> Refused:
    return refusal(404, f"Invalid rev id: {printable(revision)}", "RevisionNotFound")


def entry_not_found(path: str, commit: str) -> Refused:
    return refusal(404, "Entry not found", "EntryNotFound", X_Repo_Commit=commit)


def bad_token() -> Refused:
    return refusal(401, "Invalid credentials in Authorization header")


def disabled() -> Refused:
    return refusal(403, DISABLED)


def printable(text: str) -> str:
    """Fit for a header."""
    return text.encode("ascii", "backslashreplace").decode().replace("\r", "\\r").replace("\n", "\\n")
