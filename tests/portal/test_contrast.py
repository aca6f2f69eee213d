"""Contrast of all color tokens that meet on a page, in both themes, computed from the style sheet."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CSS = (Path(__file__).resolve().parents[2] / "templates" / "static" / "portal.css").read_text("utf-8")
TOKENS = {
    name: colors
    for name, *colors in re.findall(r"--([a-z-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", CSS)
}
THEMES = {"light": 0, "dark": 1}
TONES = ("green", "blue", "amber", "red", "violet", "muted")
Color = tuple[float, float, float]


def color(name: str, theme: str) -> Color:
    digits = TOKENS[name][THEMES[theme]]
    return tuple(int(digits[at : at + 2], 16) / 255 for at in (1, 3, 5))  # type: ignore[return-value]


def mixed(front: Color, back: Color, share: float) -> Color:
    return tuple(f * share + b * (1 - share) for f, b in zip(front, back, strict=True))  # type: ignore[return-value]


def luminance(one: Color) -> float:
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in one]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Color, other: Color) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_specified_tokens_are_there() -> None:
    assert TOKENS.keys() >= {"bg", "surface", "text", "muted", "border", "accent", "focus", *TONES}


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("back", ["bg", "surface", "sunken"])
@pytest.mark.parametrize("front", ["text", "accent", *TONES])
def test_text_stands_out_from_every_surface(front: str, back: str, theme: str) -> None:
    assert contrast(color(front, theme), color(back, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("tone", TONES)
def test_words_and_icons_of_a_badge_stand_out(tone: str, theme: str) -> None:
    """Words on the tint of the badge (9 % of the tone), icons in the color of the surface on the tone."""
    assert ".decision {" in CSS
    assert "color-mix(in srgb, var(--tone) 9%, var(--surface))" in CSS
    front, surface = color(tone, theme), color("surface", theme)
    assert contrast(front, mixed(front, surface, 0.09)) >= 4.5
    assert contrast(surface, front) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_chosen_entries_buttons_and_notes_stand_out(theme: str) -> None:
    accent = color("accent", theme)
    assert contrast(color("on-accent", theme), accent) >= 4.5
    for back in ("bg", "surface"):
        assert contrast(accent, mixed(accent, color(back, theme), 0.14)) >= 4.5
    for tone in TONES:
        assert contrast(color("text", theme), mixed(color(tone, theme), color("surface", theme), 0.07)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("back", ["bg", "surface"])
@pytest.mark.parametrize("front", ["border", "focus"])
def test_edges_of_controls_and_the_focus_stand_out(front: str, back: str, theme: str) -> None:
    assert contrast(color(front, theme), color(back, theme)) >= 3
