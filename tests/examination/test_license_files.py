"""License files with one thing wrong: what would silently permit more is refused with file and key."""

from __future__ import annotations

from pathlib import Path

import pytest

from governance.core.license_file import LicenseFileError, load_license
from governance.discovery import SHIPPED

LICENSE = (SHIPPED / "licenses" / "llama3.1.toml").read_text("utf-8")
NARNIA = '\n[[exclusions]]\nregions = ["Narnia"]\ntests = "seat"\nsection = "1"\n'
CONTROL = 'window = "calendar_month"\ncontrol = {{ percent = {}, inclusive = true }}'
FAULTS = [
    ("licensor =", "licensr =", "licensr"),
    ("limit = 700_000_000", 'limit = "700_000_000"', "thresholds.0.when.limit"),
    ("limit = 700_000_000", "limit = true", "thresholds.0.when.limit"),
    ("limit = 700_000_000", "limit = nan", "thresholds.0.when.limit"),
    ("limit = 700_000_000", "limit = -1", "thresholds.0.when.limit"),
    ('comparator = ">"', 'comparator = "=>"', "thresholds.0.when.comparator"),
    ('metric = "monthly_active_users"', 'metric = ""', "thresholds.0.when.metric"),
    ('metric = "monthly_active_users"', 'metric = "Monthly Users"', "thresholds.0.when.metric"),
    ("anchor_date = 2024-07-23\n", "", "anchor_date"),
    ("anchor_date = 2024-07-23", 'anchor_date = "2024-07-23"', "thresholds.0.when.anchor_date"),
    ('window = "calendar_month"', 'window = "any_12_months"', "window"),
    ('window = "calendar_month"', CONTROL.format(150), "thresholds.0.when.control.percent"),
    ('window = "calendar_month"', CONTROL.format(0), "thresholds.0.when.control.percent"),
    ('id = "monthly-users"\nsection = "2"', 'id = "monthly-users"', "thresholds.0.section"),
    ('id = "monthly-users"\nsection = "2"', 'id = "monthly-users"\nsection = " "', "thresholds.0.section"),
    ('id = "monthly-users"', 'id = ""', "thresholds.0.id"),
    ('clears = ["grant"]', 'clears = ["grnt"]', "thresholds.0.clears"),
    ('trigger = "made_available"', 'trigger = "offered"', "duties.1.trigger"),
    ('hub_ids = ["llama3.1"]', 'hub_ids = ["Llama3.1"]', "recognition.hub_ids"),
    ('hub_ids = ["llama3.1"]', 'hub_ids = [" "]', "recognition.hub_ids"),
    ('"meta-llama", "facebook"', '"meta-llama/Llama-3.1-8B"', "hub_namespaces.0"),
    ("\ndistilled =", "\ndistiled =", "passes_on.distiled"),
    ('key = "llama3.1"', 'key = "llama3"', "key"),
    ("", NARNIA, "exclusions.0.regions"),
]


@pytest.mark.parametrize(("right", "wrong", "key"), FAULTS)
def test_it_is_refused_with_file_key_and_reason(tmp_path: Path, right: str, wrong: str, key: str) -> None:
    assert right in LICENSE
    path = tmp_path / "llama3.1.toml"
    path.write_text(LICENSE.replace(right, wrong, 1) if right else LICENSE + wrong, "utf-8")
    with pytest.raises(LicenseFileError, match=r"^llama3\.1\.toml: ") as refused:
        load_license(path)
    assert key in str(refused.value)
