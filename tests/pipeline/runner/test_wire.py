"""Frames between the worker and its child."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.pipeline.runner.wire import BrokenFrameError, Frames, pack, unpack

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.lists(JSON, max_size=4), st.integers(1, 50))
def test_values_come_out_as_they_went_in_however_the_bytes_are_cut(values: list[Any], size: int) -> None:
    stream = b"".join(map(pack, values))
    frames, received = Frames(limit=1 << 20), []
    for start in range(0, len(stream), size):
        frames.feed(stream[start : start + size])
        while (body := frames.next()) is not None:
            received.append(unpack(body))
    assert received == values


@given(st.binary(max_size=100))
def test_any_bytes_are_frames_or_refused(noise: bytes) -> None:
    frames = Frames(limit=50)
    frames.feed(noise)
    try:
        while (body := frames.next()) is not None:
            unpack(body)
    except BrokenFrameError:
        pass


def test_a_frame_over_the_limit_is_refused_before_it_is_read() -> None:
    frames = Frames(limit=10)
    frames.feed((11).to_bytes(4, "big"))
    with pytest.raises(BrokenFrameError, match="too large"):
        frames.next()


@pytest.mark.parametrize("value", [float("nan"), {1, 2}, object()])
def test_what_is_not_json_cannot_be_packed(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        pack(value)


def test_deep_nesting_is_refused() -> None:
    with pytest.raises(BrokenFrameError):
        unpack(b"[" * 100_000)
