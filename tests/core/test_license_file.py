"""A license file with a fault is refused with file, key and reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.core.license_file import LicenseFileError, load_license

GOOD = """
key = "sample-1.0"
name = "Sample License"
licensor = "Sample"
released = 2024-07-23

[review]
by = "desk"
on = 2026-11-24
verified = true

[permissions]
commercial_use = { state = "conditional", section = "2" }
redistribution = { state = "allowed", section = "1" }
modification = { state = "allowed", section = "1" }

[[thresholds]]
id = "users"
section = "2"
consequence = "license_required"
[thresholds.when]
metric = "monthly_active_users"
comparator = ">"
limit = 700_000_000
subject = "products_of_licensee"
window = "calendar_month"
anchor = "each_period"

[[duties]]
kind = "license_copy"
trigger = "distributed"
section = "1"

[[examples]]
title = "below"
outcome = "pass"
"""

THRESHOLD = GOOD[GOOD.index("[[thresholds]]") : GOOD.index("[[duties]]")]

FAULTS = [
    ("an unknown key", 'name = "S', 'nmae = "x"\nname = "S', "nmae", "is not a key of the schema"),
    ("an unknown key of an atom", "limit =", "limits = 1\nlimit =", "thresholds.0.when.limits", "not a key"),
    ("an unknown table", "[review]", "[reveiw]\n[review]", "reveiw", "is not a key of the schema"),
    ("an unknown key of an example", "title =", "tilte = 1\ntitle =", "examples.0.tilte", "not a key"),
    ("a missing table", "[review]\nby", "[other]\nby", "review", "is missing"),
    ("a missing section", 'section = "2"\nconsequence', "consequence", "thresholds.0.section", "is missing"),
    ("an empty section", 'section = "2"\ncons', 'section = ""\ncons', "thresholds.0.section", "at least 1"),
    (
        "a section that is a number",
        'section = "2"\ncons',
        "section = 2\ncons",
        "thresholds.0.section",
        "string",
    ),
    ("a limit in quotes", "700_000_000", '"7e8"', "thresholds.0.when.limit", "must be a number"),
    ("a limit that is a truth", "700_000_000", "true", "thresholds.0.when.limit", ""),
    ("a limit below nothing", "700_000_000", "-1", "thresholds.0.when.limit", "greater than or equal to 0"),
    ("a limit without end", "700_000_000", "inf", "thresholds.0.when.limit", "finite"),
    ("a truth in quotes", "verified = true", 'verified = "yes"', "review.verified", "must be true or false"),
    ("a truth as a number", "verified = true", "verified = 1", "review.verified", "must be true or false"),
    ("a date in quotes", "2024-07-23", '"2024-07-23"', "released", "must be a date"),
    ("a date with a time", "2024-07-23", "2024-07-23T00:00:00", "released", "must be a date"),
    ("a day that does not exist", "2024-07-23", "2024-02-30", "not readable as TOML", ""),
    ("a word outside the list", '"license_required"', '"licence"', "thresholds.0.consequence", "should be"),
    ("another comparator", '">"', '"=>"', "thresholds.0.when.comparator", "'>', '>=' or '<'"),
    ("money without currency", '"monthly_active_users"', '"annual_revenue"', "thresholds.0.when", "currency"),
    ("users with a currency", "limit =", 'currency = "USD"\nlimit =', "thresholds.0.when", "currency"),
    ("half a currency", "limit =", 'currency = "usd"\nlimit =', "thresholds.0.when.currency", "pattern"),
    (
        "a snapshot without date",
        '"each_period"',
        '"before_version_release"',
        "thresholds.0.when",
        "anchor_date",
    ),
    ("a display without phrase", '"license_required"', '"display"', "thresholds.0", "phrase is needed"),
    ("two thresholds of one id", "[[duties]]", THRESHOLD + "[[duties]]", "thresholds", "one id: users"),
    ("a prefix without phrase", '"license_copy"', '"name_prefix"', "duties.0", "phrase is needed"),
    ("another name than the file's", '"sample-1.0"', '"other"', "key", "must be the name of the file"),
    ("examples that are no list", "[[examples]]", "[examples]", "examples", "must be a list of tables"),
    ("broken TOML", "[review]", "[review", "not readable as TOML", ""),
]


def write(folder: Path, text: str) -> Path:
    path = folder / "sample-1.0.toml"
    path.write_text(text, "utf-8")
    return path


def test_a_file_without_fault_is_read(tmp_path: Path) -> None:
    file = load_license(write(tmp_path, GOOD))
    assert file.terms.key == "sample-1.0"
    assert [example.title for example in file.examples] == ["below"]


@pytest.mark.parametrize(("old", "new", "key", "why"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_a_fault_is_refused_with_file_key_and_reason(
    tmp_path: Path, old: str, new: str, key: str, why: str
) -> None:
    assert old in GOOD
    with pytest.raises(LicenseFileError) as refusal:
        load_license(write(tmp_path, GOOD.replace(old, new)))
    assert f"sample-1.0.toml: {key}" in str(refusal.value)
    assert why in str(refusal.value)


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    text = GOOD.replace('name = "S', 'nmae = "S').replace('consequence = "license_required"', "")
    with pytest.raises(LicenseFileError) as refusal:
        load_license(write(tmp_path, text))
    assert len(str(refusal.value).splitlines()) == 3


def test_nothing_is_found_under_a_name_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(LicenseFileError, match=r"gone\.toml: not readable"):
        load_license(tmp_path / "gone.toml")
