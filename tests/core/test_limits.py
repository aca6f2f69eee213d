"""A child that limits itself ends when it wants too much."""

import subprocess
import sys

import pytest

from governance.core.cards import ROOT

LIMITED = """
from governance.core.limits import MEBIBYTE, limit_process
limit_process({memory} * MEBIBYTE, 1)
{code}
"""


def run(code: str, memory: int = 256) -> subprocess.CompletedProcess[str]:
    program = LIMITED.format(memory=memory, code=code)
    return subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30
    )


def test_memory_beyond_the_limit_is_refused() -> None:
    done = run("x = bytearray(512 * MEBIBYTE)")
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


def test_endless_work_is_killed() -> None:
    done = run("while True: pass")
    assert done.returncode < 0


def test_within_the_limits_nothing_happens() -> None:
    assert run("print('done')").stdout == "done\n"


def test_a_limit_cannot_be_raised_again() -> None:
    done = run("import resource; resource.setrlimit(resource.RLIMIT_CPU, (60, 60))")
    assert "not allowed to raise maximum limit" in done.stderr or done.returncode == 0  # root may


@pytest.mark.parametrize("memory", [64, 128])
def test_small_limits_start(memory: int) -> None:
    assert run("print('done')", memory).returncode == 0
