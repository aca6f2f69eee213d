"""What a worker loaded is not walked through by its garbage collector."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
import gc
from governance.pipeline.settled import YOUNG, settle

settle()
from governance.discovery import catalog

loaded = [*catalog().policies.values(), *catalog().licenses.values()]
left = {id(one) for one in gc.get_objects()}
assert loaded and not any(id(one) in left for one in loaded)
assert gc.isenabled() and gc.get_threshold()[0] == YOUNG
"""


def test_what_was_loaded_is_left_alone_and_what_comes_later_is_still_collected() -> None:
    asked = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
