"""How a hub says no: a table of statuses and headers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.reading import SourceState
from plugins.sources._hub_errors import error_of, retry_after

BARE = "Invalid username or password."
BAD = "Invalid credentials in Authorization header"
DISABLED = "Access to this resource is disabled."


@pytest.mark.parametrize(
    ("status", "headers", "authenticated", "state"),
    [
        (404, {"x-error-code": "RepoNotFound"}, True, SourceState.NOT_FOUND),
        (404, {}, True, SourceState.NOT_FOUND),
        (401, {"x-error-message": BARE}, False, SourceState.NOT_FOUND),
        (401, {}, False, SourceState.NOT_FOUND),
        (401, {}, True, SourceState.BAD_TOKEN),
        (401, {"x-error-message": BAD}, True, SourceState.BAD_TOKEN),
        (401, {"x-error-message": BAD}, False, SourceState.BAD_TOKEN),
        (401, {"x-error-code": "GatedRepo"}, False, SourceState.GATED),
        (403, {"x-error-code": "GatedRepo"}, True, SourceState.GATED),
        (403, {"x-error-message": DISABLED}, True, SourceState.DISABLED),
        (403, {}, True, SourceState.BAD_TOKEN),
        (403, {}, False, SourceState.INVALID),
        (451, {}, False, SourceState.DISABLED),
        (404, {"x-error-code": "RevisionNotFound"}, True, SourceState.REVISION_NOT_FOUND),
        (404, {"x-error-code": "EntryNotFound"}, True, SourceState.NOT_FOUND),
        (410, {}, True, SourceState.NOT_FOUND),
        (400, {}, True, SourceState.INVALID),
        (307, {}, True, SourceState.INVALID),
        (408, {}, True, SourceState.UNREACHABLE),
        (429, {"x-error-code": "GatedRepo"}, True, SourceState.RATE_LIMITED),
        (500, {"x-error-code": "RepoNotFound"}, True, SourceState.UNREACHABLE),
        (503, {}, True, SourceState.UNREACHABLE),
    ],
)
def test_states(status: int, headers: dict[str, str], authenticated: bool, state: SourceState) -> None:
    error = error_of(status, headers, authenticated=authenticated)
    assert error is not None
    assert error.state is state


def test_success_is_no_error() -> None:
    assert error_of(200, {"x-error-code": "GatedRepo"}, authenticated=False) is None


DATE = "Tue, 24 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "120"}, 120),
        ({"retry-after": " 120 "}, 120),
        ({"retry-after": "1.5"}, None),
        ({"retry-after": "Tue, 24 Nov 2026 12:02:00 GMT", "date": DATE}, 120),
        ({"retry-after": "Tue, 24 Nov 2026 11:00:00 GMT", "date": DATE}, 1),
        ({"retry-after": "Tue, 24 Nov 2099 11:00:00 GMT", "date": DATE}, 3600),
        ({"retry-after": "Tue, 99 Nov 2026 11:00:00 GMT", "date": DATE}, None),
        ({"ratelimit": '"api";r=0;t=55'}, 55),
        ({"ratelimit": '"api"; r=0; t=55'}, 55),
        ({"ratelimit": '"api";r=12;t=55'}, None),
        ({"ratelimit": '"api";t=55'}, 55),
        ({"ratelimit": "nonsense"}, None),
        ({"ratelimit": f'"api";r=0;t={"9" * 500}'}, None),
        ({"ratelimit": '"api";r=0;t=55', "retry-after": "5"}, 55),
    ],
)
def test_waits(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers) == seconds


def test_a_date_without_the_date_of_the_answer_is_measured_from_now() -> None:
    assert retry_after({"retry-after": "Tue, 24 Nov 2099 11:00:00 GMT"}) == 3600


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=60))
def test_no_header_breaks_it(retry: str, limit: str, date: str) -> None:
    wait = retry_after({"retry-after": retry, "ratelimit": limit, "date": date})
    assert wait is None or 1 <= wait <= 3600
