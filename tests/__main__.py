"""`python -m tests`: everything on PostgreSQL, then what touches the database once more on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys

ON_BOTH = ["tests/registry", "tests/licensing", "tests/usage", "tests/deployments", "tests/compliance"]
ON_BOTH += ["tests/alerts", "tests/pipeline", "tests/api"]


def main() -> int:
    url = os.environ.get("TEST_DATABASE_URL", "")
    runs = [("PostgreSQL", [], {"DATABASE_URL": url})] if url else []
    runs.append(("SQLite", ON_BOTH if url else [], {"DATABASE_URL": ""}))
    worst = 0
    for name, words, extra in runs:
        print(f"On {name}:", flush=True)
        done = subprocess.run([sys.executable, "-m", "pytest", *words], env={**os.environ, **extra})
        worst = max(worst, done.returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
