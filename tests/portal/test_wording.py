"""Shares, sizes and instants as people read them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from governance.core.outcomes import Decision, Outcome
from governance.core.spoken import percent
from governance.portal import wording
from governance.portal.templatetags import words


@pytest.mark.parametrize(
    ("share", "read"),
    [
        (0.97571, "97.6 %"),
        (1, "100 %"),
        (1.0000001, "over 100 %"),
        (0.9999999, "under 100 %"),
        (6.4, "640 %"),
    ],
)
def test_rounding_never_hides_on_which_side_of_a_limit_a_share_is(share: float, read: str) -> None:
    assert percent(share) == read


@pytest.mark.parametrize(
    ("count", "read"), [(12, "12 bytes"), (1500, "1.5 kB"), (16_060_000_000, "16.1 GB"), (None, "—")]
)
def test_sizes_are_in_thousands(count, read: str) -> None:
    assert wording.size(count) == read


def test_every_decision_and_outcome_has_a_word_a_shape_and_an_icon() -> None:
    badges = [*(wording.DECISIONS[one] for one in Decision), *(wording.OUTCOMES[one] for one in Outcome)]
    assert all(badge.word and badge.shape and badge.icon and badge.tone for badge in badges)
    decisions = [wording.DECISIONS[one] for one in Decision]
    assert (
        len({badge.shape for badge in decisions}) == len({badge.icon for badge in decisions}) == len(Decision)
    )
    assert set(wording.WORST_FIRST) == set(Decision)


@pytest.mark.parametrize(
    ("gone", "read"),
    [
        (timedelta(seconds=5), "just now"),
        (timedelta(minutes=1, seconds=5), "1 minute ago"),
        (timedelta(days=3, seconds=5), "3 days ago"),
        (-timedelta(hours=2, seconds=5), "in 2 hours"),
        (-timedelta(seconds=5), "in a moment"),
    ],
)
def test_instants_tell_how_long_ago(gone: timedelta, read: str) -> None:
    assert f">{read}</time>" in words.ago(timezone.now() - gone)


def test_nothing_is_shown_as_a_dash_that_can_be_heard() -> None:
    for nothing in (words.when(None), words.day(""), words.or_dash([])):
        assert "visually-hidden" in nothing
