"""A license file is checked for its schema, for what it leaves out, and for what its examples come out as."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.discovery import catalog
from governance.licensing.checking import faults

GOOD = """
key = "sample-1.0"
name = "Sample License"
licensor = "Sample"

[recognition]
hub_ids = ["sample-1.0"]

[review]
by = "desk"
on = 2026-11-24
verified = true

[permissions]
commercial_use = { state = "prohibited", section = "2" }
redistribution = { state = "allowed", section = "1" }
modification = { state = "allowed", section = "1" }

[[thresholds]]
id = "hosting"
section = "3"
consequence = "license_required"
[thresholds.when]
trait = "uses"
any_of = ["hosted_for_third_parties"]

[[examples]]
title = "hosted"
deployment = { uses = { hosted_for_third_parties = true } }
outcome = "fail"
standing = "exceeded"

[[examples]]
title = "not hosted"
outcome = "pass"
standing = "below"

[[examples]]
title = "commercial"
policy = "license.commercial-use"
outcome = "fail"
"""


def checked(folder: Path, text: str) -> list[str]:
    path = folder / "sample-1.0.toml"
    path.write_text(text, "utf-8")
    return faults(path)


def test_a_whole_file_has_no_fault(tmp_path: Path) -> None:
    assert checked(tmp_path, GOOD) == []


FAULTS = [
    ("not TOML", "key = ", 'key "', "not readable as TOML"),
    ("a typo in a key", "licensor", "licenser", "licenser: is not a key of the schema"),
    ("no such state", '"prohibited"', '"forbidden"', "permissions.commercial_use.state: Input should be"),
    ("a key that is not the file's", 'key = "sample-1.0"', 'key = "sample"', "must be the name of the file"),
    ("a use that does not exist", 'any_of = ["hosted_', 'any_of = ["served_', "is no use: one of always"),
    ("no section", ', section = "2" }', " }", "permissions.commercial_use: is prohibited and has no section"),
    (
        "an id that is taken for another's",
        'licensor = "Sample"',
        'licensor = "S"\ntext_of = "mit"',
        "must be empty",
    ),
    (
        "a ban that no example shows",
        '"license.commercial-use"',
        '"license.duties"',
        "none is for license.comm",
    ),
    ("a side without an example", 'standing = "below"', 'standing = ""', "'hosting' stands below"),
    (
        "an outcome that is another",
        'outcome = "pass"',
        'outcome = "unknown"',
        "says 'unknown', and it is 'pass'",
    ),
    ("a standing that is another", '"exceeded"', '"cleared"', "says 'cleared', and it is exceeded"),
    (
        "a policy that does not exist",
        '"license.commercial-use"',
        '"license.sale"',
        "'license.sale' is none of",
    ),
    ("facts that do not exist", "hosted_for_third_parties = true", "hosting = true", "cannot be judged"),
    ("a threshold that does not exist", 'title = "hosted"', 'title = "x"\nthreshold = "y"', "finds nothing"),
]


DUTY = """
[[duties]]
kind = "name_prefix"
section = "4"
trigger = "{}"
phrase = "{}"
"""
HANDED_ON = DUTY.format("distributed", "Sample")
CONTRADICTIONS = [
    (
        "a duty of what is prohibited",
        'redistribution = { state = "allowed"',
        'redistribution = { state = "prohibited"',
        HANDED_ON,
        "duties.0.trigger: is distributed, which permissions.redistribution prohibits",
    ),
    (
        "a limit on what is prohibited",
        'consequence = "license_required"',
        'consequence = "license_required"\npurpose = "commercial"',
        "",
        "thresholds (hosting): limits commercial use, which permissions.commercial_use prohibits",
    ),
    (
        "copyleft of what may not be made",
        'modification = { state = "allowed"',
        'modification = { state = "prohibited"',
        '[copyleft]\nreach = "work"\nsection = "5"\n',
        "copyleft: tells how to hand on what is made from it, and permissions.modification prohibits",
    ),
    (
        "a limit on what is free",
        "modification =",
        'outputs_training = { state = "allowed", section = "6", name_prefix = "Sample" }\nmodification =',
        "",
        "permissions.outputs_training.name_prefix: limits what is allowed here",
    ),
    (
        "a name with two beginnings",
        "",
        "",
        HANDED_ON + DUTY.format("distributed", "Other"),
        "duties.1.phrase: no name begins with both 'Sample' and 'Other'",
    ),
]


@pytest.mark.parametrize(
    ("before", "after", "more", "told"), [c[1:] for c in CONTRADICTIONS], ids=[c[0] for c in CONTRADICTIONS]
)
def test_terms_that_cannot_both_hold_are_told_with_both_places(
    tmp_path: Path, before: str, after: str, more: str, told: str
) -> None:
    assert before in GOOD
    found = checked(tmp_path, GOOD.replace(before, after, 1) + more)
    assert any(told in fault for fault in found), found


def test_a_prefix_may_be_the_beginning_of_another(tmp_path: Path) -> None:
    assert checked(tmp_path, GOOD + HANDED_ON + DUTY.format("distributed", "Sample 3")) == []


@pytest.mark.parametrize(("before", "after", "told"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS])
def test_each_fault_is_told_with_file_and_place(tmp_path: Path, before: str, after: str, told: str) -> None:
    assert before in GOOD
    found = checked(tmp_path, GOOD.replace(before, after, 1))
    assert any(told in fault for fault in found), found
    assert all(fault.startswith("sample-1.0.toml: ") for fault in found)


def test_a_limit_without_an_example_exactly_at_it_is_told(tmp_path: Path) -> None:
    figure = """
metric = "monthly_active_users"
comparator = ">"
limit = 100
subject = "licensee"
window = "calendar_month"
anchor = "each_period"
"""
    trait = 'trait = "uses"\nany_of = ["hosted_for_third_parties"]\n'
    assert trait in GOOD
    found = checked(tmp_path, GOOD.replace(trait, figure))
    told = "none of the threshold 'hosting' has monthly_active_users exactly at its limit"
    assert any(told in fault for fault in found), found


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    broken = GOOD.replace('outcome = "fail"', 'outcome = "pass"').replace(', section = "2" }', " }")
    assert len(checked(tmp_path, broken)) == 3


def test_a_file_that_is_not_there_is_a_fault(tmp_path: Path) -> None:
    assert "not readable" in faults(tmp_path / "gone.toml")[0]


def test_shipped_files_have_no_fault() -> None:
    assert [fault for file in catalog().license_files.values() for fault in faults(file.path)] == []
