"""manage.py licenses, as a person calls it."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.discovery import catalog
from governance.licensing.showing import WIDTH, lines


def printed(*words: str) -> str:
    out = StringIO()
    call_command("licenses", *words, stdout=out)
    return out.getvalue()


def test_a_shipped_file_has_no_fault() -> None:
    path = catalog().license_files["llama3.1"].path
    assert printed("check", str(path)) == "llama3.1.toml: no fault\n"


def test_faults_are_explained_and_end_with_one(tmp_path: Path) -> None:
    path, told = tmp_path / "mine.toml", StringIO()
    path.write_text('key = "mine"\nnaem = "Mine"\n', "utf-8")
    with pytest.raises(CommandError, match=r"^\d+ faults$") as ended:
        call_command("licenses", "check", str(path), stderr=told)
    assert ended.value.returncode == 1
    assert "mine.toml: naem: is not a key of the schema" in told.getvalue()


def test_good_files_are_named_beside_faulty_ones(tmp_path: Path) -> None:
    good, out = catalog().license_files["mit"].path, StringIO()
    with pytest.raises(CommandError, match="1 fault"):
        call_command("licenses", "check", str(good), str(tmp_path / "no.toml"), stdout=out, stderr=StringIO())
    assert out.getvalue() == "mit.toml: no fault\n"


def test_terms_are_shown_in_plain_sentences_with_sections() -> None:
    told = printed("show", "llama3.1")
    assert told.startswith("Llama 3.1 Community License Agreement\n")
    for heading in ("You may", "You must", "You may not", "Limits"):
        assert f"\n{heading}\n" in told
    assert "Built with Llama" in told
    assert "more than 700 million" in told
    assert "[section 2]" in told
    assert "verified against the text" in told


def test_what_nobody_checked_is_shown_as_such() -> None:
    assert "NOT verified against the text" in printed("show", "jamba-open-model")


def test_a_limit_on_use_reads_as_one() -> None:
    assert "With commercial use: authorization by bilibili is needed first." in printed("show", "index-1.9b")


def test_an_unknown_key_ends_with_near_ones() -> None:
    with pytest.raises(CommandError, match=r"No license has the key 'lama3'\. Did you mean llama3") as ended:
        printed("show", "lama3")
    assert ended.value.returncode == 1


@pytest.mark.parametrize("key", catalog().licenses)
def test_every_license_can_be_shown_in_lines_of_one_width(key: str) -> None:
    told = list(lines(catalog().licenses[key]))
    assert told[0] == catalog().licenses[key].name
    assert all(len(line) <= WIDTH or " " not in line.strip().removeprefix("text").strip() for line in told)
    assert "None" not in "\n".join(told)
