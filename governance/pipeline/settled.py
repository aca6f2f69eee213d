"""What a worker has loaded stays loaded: its garbage collector need not look at it again and again."""

from __future__ import annotations

import gc

from governance.discovery import catalog

YOUNG = 20_000
"""New objects between two looks at them: judging makes hundreds of thousands, which die by themselves."""


def settle() -> None:
    """Call it when a process has begun, before its first work and before it forks.

    Modules, plugins and licenses are some hundred thousand objects, which every full collection would walk
    through: a quarter of the time of judging.
    """
    catalog().check()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG)
