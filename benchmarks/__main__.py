"""`python -m benchmarks`: every benchmark in a process of its own, their figures as one JSON list.

What is run now, and what it prints beside its figures, goes to the error stream.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent


def names() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("[a-z]*.py"))


def figures(name: str) -> Any:
    """What one benchmark says. Raises CalledProcessError when it fails."""
    print(f"benchmarks.{name} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", f"benchmarks.{name}"]
    done = subprocess.run(command, cwd=FOLDER.parent, stdout=subprocess.PIPE, text=True, check=True)
    return json.loads(done.stdout)


def main() -> int:
    try:
        found = [{"benchmark": name, **figures(name)} for name in names()]
    except subprocess.CalledProcessError as fault:
        print(f"{' '.join(fault.cmd[1:])} ended with {fault.returncode}", file=sys.stderr)
        return 1
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
