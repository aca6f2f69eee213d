"""`python -m tests`: everything on PostgreSQL, then what touches the database once more on SQLite.

Further words go to pytest.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


ALIKE = ("tests/pipeline/runner", "tests/portal/test_queries.py")
"""What is the same on every database."""


def of_the_database() -> list[str]:
    """The folders of tests of every app that keeps something or asks one that does."""
    apps = (path.parent.name for path in sorted(ROOT.glob("governance/*/apps.py")))
    folders = [f"tests/{app}" for app in apps if app != "demo" and (ROOT / "tests" / app).is_dir()]
    return [*folders, *(f"--ignore={path}" for path in ALIKE)]


def main() -> int:
    url = os.environ.get("TEST_DATABASE_URL", "")
    runs = [("PostgreSQL", [], {"DATABASE_URL": url})] if url else []
    runs.append(("SQLite", of_the_database() if url else [], {"DATABASE_URL": ""}))
    worst = 0
    for name, words, extra in runs:
        print(f"On {name}:", flush=True)
        command = [sys.executable, "-m", "pytest", *words, *sys.argv[1:]]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **extra})
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
