"""`python -m benchmarks [P1 gate ...] [--sizes N ...] [--databases sqlite postgresql]`: figures as JSON.

Words name benchmarks or the rows that they measure, as the first line of each says; without words all run.
Each runs in a process of its own. Those in `benchmarks/sized` run on an installation that is made for them,
for each database, size and mix; how their figures grow is told beside them. What happens now goes to the
error stream.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.growth import growth
from benchmarks.rig.installation import DATABASES, Mix, Server, installation, mixes, server

FOLDER = Path(__file__).resolve().parent
NOT_ONE = {"__init__", "__main__", "growth"}
DEFAULT_SIZES = os.environ.get("BENCH_SIZES", "1000 10000")


@dataclass(frozen=True)
class Benchmark:
    module: str
    rows: frozenset[str]
    mixes: tuple[str, ...] = ()
    databases: tuple[str, ...] = DATABASES

    @classmethod
    def at(cls, path: Path) -> Benchmark:
        """Read and not imported: some make an environment of their own when they are."""
        tree = ast.parse(path.read_text("utf-8"))
        title = (ast.get_docstring(tree) or "").partition("\n")[0]
        told = {
            node.targets[0].id.lower(): ast.literal_eval(node.value)
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in ("MIXES", "DATABASES")
        }
        name = ".".join(path.relative_to(FOLDER.parent).with_suffix("").parts)
        return cls(name, frozenset(re.findall(r"\bP\d+\b", title)), **told)

    def named(self, words: Sequence[str]) -> bool:
        return not words or bool({*self.rows, self.module.rpartition(".")[2]} & set(words))


def benchmarks() -> list[Benchmark]:
    paths = [*FOLDER.glob("[a-z]*.py"), *FOLDER.glob("sized/[a-z]*.py")]
    return [Benchmark.at(path) for path in sorted(paths) if path.stem not in NOT_ONE]


def figures(one: Benchmark, environment: Mapping[str, str], **where: Any) -> dict[str, Any]:
    """What it says; of one that fails, that it did."""
    print(f"{one.module} {' '.join(map(str, where.values()))} ...", file=sys.stderr, flush=True)
    command = [sys.executable, "-m", one.module]
    done = subprocess.run(
        command, cwd=FOLDER.parent, env=dict(environment), stdout=subprocess.PIPE, text=True
    )
    told = json.loads(done.stdout) if done.returncode == 0 else {"failed": f"exit code {done.returncode}"}
    row = {"benchmark": one.module, **where, **told}
    print(json.dumps(row), file=sys.stderr, flush=True)
    return row


def on(at: Server, mix: Mix, size: int, wanted: Sequence[Benchmark]) -> list[dict[str, Any]]:
    """All that measure such an installation, one after the other on the same one."""
    if not wanted:
        return []
    where = {"database": at.kind, "size": size, "mix": mix.name}
    print(f"Seeding: {' '.join(map(str, where.values()))} ...", file=sys.stderr, flush=True)
    try:
        with installation(at, mix) as environment:
            return [figures(one, environment, **where) for one in wanted]
    except subprocess.CalledProcessError as fault:
        return [{**where, "failed": f"{' '.join(map(str, fault.cmd[1:4]))}: exit code {fault.returncode}"}]


def sized(
    wanted: Sequence[Benchmark], sizes: Sequence[int], databases: Sequence[str]
) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for kind in databases if wanted else ():
        with server(kind) as at:
            for size in sizes:
                for mix in mixes(size):
                    fit = [one for one in wanted if mix.name in one.mixes and kind in one.databases]
                    found += on(at, mix, size, fit)
    return found


def main() -> int:
    known = benchmarks()
    names = sorted({name for one in known for name in (*one.rows, one.module.rpartition(".")[2])})
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("words", nargs="*", metavar="NAME", help=", ".join(names))
    parser.add_argument("--sizes", type=int, nargs="+", default=[int(n) for n in DEFAULT_SIZES.split()])
    parser.add_argument("--databases", nargs="+", choices=DATABASES, default=DATABASES)
    asked = parser.parse_args()
    strange = set(asked.words) - set(names)
    if strange:
        parser.error(f"{', '.join(sorted(strange))}: there are {', '.join(names)}")
    wanted = [one for one in known if one.named(asked.words)]
    found = [figures(one, os.environ) for one in wanted if not one.mixes]
    found += sized([one for one in wanted if one.mixes], sorted(asked.sizes), asked.databases)
    told = {"figures": found, "growth": growth(found)}
    print(json.dumps(told, indent=2, ensure_ascii=False))
    return int(any("failed" in row for row in found))


if __name__ == "__main__":
    sys.exit(main())
