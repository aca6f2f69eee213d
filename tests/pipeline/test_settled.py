"""What a worker loaded is not walked through by its garbage collector."""

from __future__ import annotations

import subprocess
import sys

SETTLED = """
import gc
from governance.pipeline.settled import YOUNG, settle

settle()
from governance.discovery import catalog

left = {id(one) for one in gc.get_objects()}
assert not any(id(license) in left for license in catalog().licenses.values())
assert gc.isenabled() and gc.get_threshold()[0] == YOUNG
"""


def test_what_was_loaded_is_left_alone_and_what_comes_later_is_still_collected() -> None:
    asked = subprocess.run([sys.executable, "-c", SETTLED], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
