"""The style sheet is cut to what the pages can use, and to nothing less."""

from __future__ import annotations

import pytest

from scripts.trimming import trimmed, words


@pytest.mark.parametrize(
    ("css", "kept"),
    [
        (".btn{a:b}", ".btn{a:b}"),
        (".carousel{a:b}", ""),
        (".btn,.carousel{a:b}", ".btn{a:b}"),
        (".btn.carousel{a:b}", ""),
        ("h1{a:b}", "h1{a:b}"),
        (".btn:not(.carousel){a:b}", ".btn:not(.carousel){a:b}"),
        (":is(.carousel,.btn) h1,.modal{a:b}", ":is(.carousel,.btn) h1{a:b}"),
        ("@media print{.btn{a:b}.modal{c:d}}", "@media print{.btn{a:b}}"),
        ("@media print{.modal{c:d}}", ""),
        ("@keyframes x{0%{a:b}50.5%{c:d}}", "@keyframes x{0%{a:b}50.5%{c:d}}"),
        ('@charset "UTF-8";.modal{a:b}', '@charset "UTF-8";'),
        ('.btn{content:"}"}', '.btn{content:"}"}'),
        ("/*! by .modal; {} */.btn{a:b}", ".btn{a:b}"),
        (".w-33\\.3{a:b}", ""),
    ],
)
def test_a_rule_stays_if_a_page_can_use_it(css: str, kept: str) -> None:
    assert trimmed(css, words('<a class="btn">')) == kept
