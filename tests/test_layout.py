"""The shape of the code: small files, short functions, names that say something, a core without framework."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CODE = sorted(path for part in ("governance", "plugins") for path in (ROOT / part).rglob("*.py"))
HAND_WRITTEN = [path for path in CODE if "migrations" not in path.parts]
MOST_LINES, MOST_LINES_OF_A_FUNCTION, MOST_LINES_OF_SETTINGS = 400, 50, 250
SAY_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
FRAMEWORKS = ("django", "celery", "rest_framework", "huggingface_hub", "redis")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Each function of a file, and its lines."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{named(path)}:{node.name}", (node.end_lineno or node.lineno) - node.lineno + 1


def test_no_file_is_long():
    long = {named(path): lines(path) for path in HAND_WRITTEN if lines(path) > MOST_LINES}
    assert not long


def test_no_function_is_long():
    found = (one for path in HAND_WRITTEN for one in functions(path))
    assert not {name: count for name, count in found if count > MOST_LINES_OF_A_FUNCTION}


def test_the_settings_fit_on_a_few_screens():
    assert lines(ROOT / "governance" / "settings.py") <= MOST_LINES_OF_SETTINGS


def test_names_of_modules_say_what_is_in_them():
    assert not [named(path) for path in CODE if SAY_NOTHING & {path.stem, path.parent.name}]


def test_no_lock_stands_in_the_way_of_who_only_refers_to_the_row():
    """FOR UPDATE stops the check of a foreign key, too, at its commit: two that each hold a lock deadlock."""
    locks = [(path, line) for path in CODE for line in path.read_text("utf-8").splitlines()]
    assert not [
        f"{named(p)}: {line.strip()}"
        for p, line in locks
        if "select_for_update(" in line and "no_key" not in line
    ]


def test_the_package_is_empty_so_that_the_core_stays_alone():
    assert (ROOT / "governance" / "__init__.py").read_text("utf-8") == ""


@pytest.mark.parametrize("package", ["core", "discovery"])
def test_the_core_loads_no_framework(package):
    core = sorted((ROOT / "governance" / "core").glob("[a-z]*.py"))
    modules = [f"governance.core.{path.stem}" for path in core if not path.stem.endswith("_child")]
    wanted = modules if package == "core" else ["governance.discovery"]
    code = f"import importlib, sys; [importlib.import_module(name) for name in {wanted!r}]; "
    code += f"print([name for name in {FRAMEWORKS!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "[]", done.stderr


def test_each_part_of_the_machine_and_each_kind_of_plugin_has_tests_at_the_same_place():
    parts = {path.parent.relative_to(ROOT / "governance") for path in ROOT.glob("governance/*/__init__.py")}
    parts |= {path.relative_to(ROOT) for path in ROOT.glob("plugins/[a-z]*") if path.is_dir()}
    assert not [str(part) for part in sorted(parts) if not any((ROOT / "tests" / part).rglob("test_*.py"))]


def test_every_policy_has_a_test_of_its_own():
    policies = {path.stem for path in ROOT.glob("plugins/policies/[a-z]*.py")}
    tested = {path.stem.removeprefix("test_") for path in ROOT.glob("tests/plugins/policies/test_*.py")}
    assert policies <= tested
