"""manage.py licenses, as a person calls it."""

from __future__ import annotations

from io import BytesIO, StringIO, TextIOWrapper
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.discovery import catalog
from governance.licensing.showing import WIDTH, lines
from tests.shared import shared


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


class TestIdentify:
    def told(self, file: str) -> tuple[str, int]:
        """What is said, and how it ends."""
        out, code = StringIO(), 0
        try:
            call_command("licenses", "identify", file, stdout=out)
        except SystemExit as ended:
            code = int(ended.code or 0)
        return out.getvalue(), code

    def test_the_same_text_ends_with_zero(self) -> None:
        path = shared("licenses", "texts", "llama3.1.txt")
        assert self.told(str(path)) == ("exact: the Llama 3.1 Community License Agreement (llama3.1)\n", 0)

    def test_a_changed_text_ends_with_three_and_shows_what_differs(self, tmp_path: Path) -> None:
        text = shared("licenses", "texts", "llama3.1.txt").read_text("utf-8")
        changed = tmp_path / "LICENSE"
        changed.write_text(text.replace("700 million", "900 million"), "utf-8")
        said, code = self.told(str(changed))
        assert code == 3
        assert said.startswith("near: the Llama 3.1 Community License Agreement (llama3.1), alike by 99")
        assert "1 of its paragraphs" in said
        assert "900 million" in said

    def test_another_text_ends_with_four(self, tmp_path: Path) -> None:
        (tmp_path / "LICENSE").write_text("Do as you please.", "utf-8")
        assert self.told(str(tmp_path / "LICENSE")) == ("none: no license that is known here\n", 4)

    def test_standard_input_is_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        data = shared("licenses", "texts", "kimi-k2-modified-mit.txt").read_bytes()
        monkeypatch.setattr("sys.stdin", TextIOWrapper(BytesIO(data)))
        assert self.told("-")[1] == 0

    @pytest.mark.parametrize(
        ("data", "cause"), [(None, "cannot be read"), (b"\0\1", "NUL"), (b"", "is empty")]
    )
    def test_what_is_no_text_ends_with_two(self, tmp_path: Path, data: bytes | None, cause: str) -> None:
        path = tmp_path / "LICENSE"
        if data is not None:
            path.write_bytes(data)
        with pytest.raises(CommandError, match=cause) as ended:
            self.told(str(path))
        assert ended.value.returncode == 2
