"""The page on writing a policy cannot drift: its example is run, and its tables are complete."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from governance.core.facts import Facet, Subject
from governance.core.outcomes import Outcome
from governance.core.verdicts import Finding
from governance.discovery import GROUP, Catalog

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "writing-a-policy.md").read_text("utf-8")
POLICY, TEST = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture
def folder(tmp_path):
    path = tmp_path / "plugins" / "policies" / "model_open_access.py"
    path.parent.mkdir(parents=True)
    path.write_text(POLICY)
    return tmp_path / "plugins"


def test_the_example_is_found_by_lying_in_the_folder(folder):
    found = Catalog(folder)
    found.check()
    assert [*found.policies] == ["model.open-access"]


def test_the_test_of_the_example_passes(folder, tmp_path):
    """As a reader would run it: both files saved under the names that the page gives."""
    alone = "import sys\nimport plugins.policies\nplugins.policies.__path__.append(sys.argv[1])\n"
    run = (
        "import pytest\nraise SystemExit(pytest.main(['-q', '-n0', '-p', 'no:cacheprovider', sys.argv[2]]))\n"
    )
    test = tmp_path / "test_model_open_access.py"
    test.write_text(TEST)
    command = [sys.executable, "-c", alone + run, str(folder / "policies"), str(test)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "5 passed" in done.stdout


@pytest.mark.parametrize("word", [*Facet, *Subject, *Outcome, *Finding._fields])
def test_every_facet_subject_outcome_and_field_is_on_the_page(word):
    named = f"Subject.{word.upper()}" if word == "snapshot" else str(word)
    assert f"`{word}`" in PAGE or named in PAGE


def test_the_entry_point_on_the_page_is_the_one_that_is_read():
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert [*tomllib.loads(example)["project"]["entry-points"]] == [GROUP]
