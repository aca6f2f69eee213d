"""Reads the files of deploy/, and what the project itself has to say about their words."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
UNITS = sorted(DEPLOY.glob("systemd/*.service"))
COMMANDS = {path.stem for path in ROOT.glob("governance/*/management/commands/[a-z]*.py")} | {
    "check",
    "migrate",
}
SETTINGS = set(
    re.findall(r'env_\w+\(\s*"([A-Z_]+)"', (ROOT / "governance" / "settings.py").read_text("utf-8"))
)
NAME = re.compile(r"^#?([A-Z][A-Z_]+)=", re.MULTILINE)


class Unit(RawConfigParser):
    """Keys keep their case, and one that is given twice holds its values in lines."""

    def __init__(self, path: Path) -> None:
        super().__init__(strict=False, delimiters=("=",), comment_prefixes=("#",))
        self.read_string(path.read_text("utf-8"))
        self.path = path

    def optionxform(self, optionstr: str) -> str:
        return optionstr

    @property
    def command(self) -> list[str]:
        return shlex.split(self["Service"]["ExecStart"])


def fault_of(command: Sequence[str]) -> str:
    """What is wrong with a command that runs in the folder of the project: empty when it can be run."""
    if not command or not command[0].rpartition("/")[2].startswith("python"):
        return f"{command} does not begin with python"
    match command[1:]:
        case ["manage.py", verb, *_]:
            return "" if verb in COMMANDS else f"manage.py knows no {verb}"
        case ["-m", "granian", *words]:
            module, _, name = words[-1].partition(":")
            there = (ROOT / f"{module.replace('.', '/')}.py").is_file() and name == "application"
            return "" if there else f"there is no {words[-1]}"
    return f"nobody knows what {command} does"


def compose() -> dict[str, Any]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found


def instructions() -> list[tuple[str, str]]:
    """Of the Containerfile: instruction and value, with continued lines joined."""
    text = (DEPLOY / "Containerfile").read_text("utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    lines = [line.strip() for line in joined.splitlines() if line.strip()]
    return [(line.partition(" ")[0], line.partition(" ")[2].strip()) for line in lines]
