"""How a hub says no: status and headers to the state of a SourceError.

`huggingface_hub.utils.hf_raise_for_status` is not used: it reads the body of the error, fails on hostile
ones, puts addresses (signed ones too) into its texts, and knows an anonymous 401 only on https.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime

from governance.core.http_date import http_date
from governance.core.reading import SourceError, SourceState

LONGEST_WAIT = 3600.0
BAD_CREDENTIALS = "invalid credentials"
DISABLED = "access to this resource is disabled"

SENTENCES = {
    SourceState.NOT_FOUND: "The hub has no such model, or it is private and the token may not see it.",
    SourceState.GATED: "The model is gated and the hub does not give access with the token in use.",
    SourceState.DISABLED: "The hub has disabled access to the model.",
    SourceState.REVISION_NOT_FOUND: "The model has no such revision.",
    SourceState.BAD_TOKEN: "The hub refuses the token.",
    SourceState.RATE_LIMITED: "The hub asks to be called less often.",
    SourceState.UNREACHABLE: "The hub has a fault of its own (status {status}).",
    SourceState.INVALID: "The hub answered with status {status}, which is not understood.",
}
BY_CODE = {
    "GatedRepo": SourceState.GATED,
    "RevisionNotFound": SourceState.REVISION_NOT_FOUND,
    "RepoNotFound": SourceState.NOT_FOUND,
    "EntryNotFound": SourceState.NOT_FOUND,
}
BY_STATUS = {
    404: SourceState.NOT_FOUND,
    408: SourceState.UNREACHABLE,
    410: SourceState.NOT_FOUND,
    429: SourceState.RATE_LIMITED,
    451: SourceState.DISABLED,
}


def error_of(status: int, headers: Mapping[str, str], *, authenticated: bool) -> SourceError | None:
    """None for success. `headers` have names in lower case."""
    if 200 <= status < 300:
        return None
    state = _state(status, headers, authenticated)
    return SourceError(state, SENTENCES[state].format(status=status), retry_after=retry_after(headers))


def _state(status: int, headers: Mapping[str, str], authenticated: bool) -> SourceState:
    message = headers.get("x-error-message", "").lower()
    if status == 429 or status >= 500:
        return BY_STATUS.get(status, SourceState.UNREACHABLE)
    if headers.get("x-error-code", "") in BY_CODE:
        return BY_CODE[headers["x-error-code"]]
    if message.startswith(DISABLED):
        return SourceState.DISABLED
    if status == 401:
        # Asked anonymously, a hub answers alike for what is missing and for what is private.
        refused = authenticated or BAD_CREDENTIALS in message
        return SourceState.BAD_TOKEN if refused else SourceState.NOT_FOUND
    if status == 403 and authenticated:
        return SourceState.BAD_TOKEN
    return BY_STATUS.get(status, SourceState.INVALID)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait, 1 to 3600: the longer of Retry-After and an exhausted RateLimit; else None."""
    waits = [wait for wait in (_from_rate_limit(headers), _from_retry_after(headers)) if wait is not None]
    return min(max(1.0, *waits), LONGEST_WAIT) if waits else None


def _from_rate_limit(headers: Mapping[str, str]) -> float | None:
    """`"api";r=0;t=55`: the header comes with every answer, and counts only when nothing remains."""
    text = headers.get("ratelimit", "")[:1000]
    remaining, reset = re.search(r";\s*r=(\d{1,9})\b", text), re.search(r";\s*t=(\d{1,9})\b", text)
    return float(reset[1]) if reset and (not remaining or int(remaining[1]) == 0) else None


def _from_retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds, or a date: that one is measured from the answer's own date, since our clocks may differ."""
    text = headers.get("retry-after", "").strip()[:100]
    if re.fullmatch(r"\d{1,12}", text):
        return float(text)
    until, now = http_date(text), http_date(headers.get("date", "")) or datetime.now(UTC)
    return (until - now).total_seconds() if until else None
