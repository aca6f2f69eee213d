"""Numbers of texts are written into license files, and no word of the texts is."""

from __future__ import annotations

import hashlib
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from governance.core.license_file import LicenseFileError, load_license
from governance.discovery import Catalog, DiscoveryError, catalog
from governance.licensing.indexing import MARK

WORDS = "The keeper of the lighthouse may use the lamp at night, and shall not sell the oil to any ship. "
TEXT = f"Lighthouse License\n\n1. {WORDS}\n\n2. {WORDS.replace('night', 'noon').replace('oil', 'lamp')}\n"


@pytest.fixture
def licenses(tmp_path: Path) -> Path:
    """A folder with the file of one license that knows no text yet."""
    folder = tmp_path / "licenses"
    folder.mkdir()
    written = catalog().license_files["wtfpl"].path.read_text("utf-8").split(MARK)[0]
    (folder / "lamp.toml").write_text(written.replace('key = "wtfpl"', 'key = "lamp"'), "utf-8")
    return folder


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "lamp.txt").write_text(TEXT, "utf-8")
    return folder


def listed(texts: Path, sha256: str = "") -> None:
    digest = sha256 or hashlib.sha256(TEXT.encode()).hexdigest()
    rows = (
        f"file\tsource\tversion\tsha256\tlicense\nlamp.txt\tgithub:lamp/lamp:LICENSE\tabc\t{digest}\tlamp\n"
    )
    (texts / "SOURCES.tsv").write_text(rows, "utf-8")


def index(*words: str | Path) -> str:
    out = StringIO()
    call_command("licenses", "index", *map(str, words), stdout=out)
    return out.getvalue()


def test_a_text_is_kept_as_numbers_with_where_it_is_from(licenses: Path, texts: Path) -> None:
    listed(texts)
    assert index(texts, "--into", licenses) == "lamp.txt: lamp\n"
    (kept,) = load_license(licenses / "lamp.toml").texts
    assert (kept.file, kept.source, kept.version) == ("lamp.txt", "github:lamp/lamp:LICENSE", "abc")
    assert "lighthouse" not in (licenses / "lamp.toml").read_text("utf-8").lower().split(MARK.lower())[
        1
    ].replace("github:lamp/lamp", "")


def test_what_a_person_wrote_stays_and_doing_it_again_changes_nothing(licenses: Path, texts: Path) -> None:
    before = (licenses / "lamp.toml").read_text("utf-8").rstrip()
    index(texts / "lamp.txt", "--key", "lamp", "--source", "a book", "--into", licenses)
    once = (licenses / "lamp.toml").read_text("utf-8")
    assert once.startswith(before)
    index(texts / "lamp.txt", "--source", "a book", "--into", licenses)
    assert (licenses / "lamp.toml").read_text("utf-8") == once


def test_a_text_that_nobody_claims_is_left_out_with_the_reason(licenses: Path, texts: Path) -> None:
    told = index(texts, "--into", licenses)
    assert told == "lamp.txt: left out: no license file names it; give its --key\n"
    assert "there is no license 'lamb'" in index(texts, "--key", "lamb", "--into", licenses)


def test_a_file_that_is_another_than_is_listed_is_refused(licenses: Path, texts: Path) -> None:
    listed(texts, sha256="0" * 64)
    with pytest.raises(CommandError, match=r"lamp\.txt is not the file .* sha256 is another"):
        index(texts, "--into", licenses)
    assert not load_license(licenses / "lamp.toml").texts


def test_spoiled_numbers_are_refused_with_file_and_reason(
    licenses: Path, texts: Path, tmp_path: Path
) -> None:
    index(texts, "--key", "lamp", "--into", licenses)
    path = licenses / "lamp.toml"
    path.write_text(path.read_text("utf-8").replace("samples = '''\n", "samples = '''\n!"), "utf-8")
    with pytest.raises(DiscoveryError, match=r"lamp\.toml: the numbers of lamp\.txt cannot be read"):
        Catalog(tmp_path).index


def test_a_mistyped_key_among_the_numbers_is_refused(licenses: Path, texts: Path) -> None:
    index(texts, "--key", "lamp", "--into", licenses)
    path = licenses / "lamp.toml"
    path.write_text(path.read_text("utf-8").replace("\nwords = ", "\nworts = "), "utf-8")
    with pytest.raises(LicenseFileError, match=r"recognition\.texts\.0\.worts: is not a key of the schema"):
        load_license(path)


def test_two_licenses_with_one_text_are_told_apart_by_nothing_and_refused(
    licenses: Path, texts: Path
) -> None:
    index(texts, "--key", "lamp", "--into", licenses)
    twin = licenses / "twin.toml"
    twin.write_text(
        (licenses / "lamp.toml").read_text("utf-8").replace('key = "lamp"', 'key = "twin"'), "utf-8"
    )
    shutil.copy(texts / "lamp.txt", texts / "twin.txt")
    with pytest.raises(CommandError, match="but is told as exact lamp"):
        index(texts / "twin.txt", "--key", "twin", "--into", licenses)
