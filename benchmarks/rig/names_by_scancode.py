"""Runs in the environment of scancode-toolkit, which has nothing of this project: names licenses of texts.

Reads a JSON list of texts from standard input; writes seconds and memory, and for each text the CPU seconds
and the license keys that were found in it.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import time
import warnings

warnings.simplefilter("ignore")


def main() -> None:
    texts = json.load(sys.stdin)
    started = time.process_time()
    from licensedcode.cache import get_index  # type: ignore[import-not-found]

    index = get_index()
    index.match(query_string="Permission is hereby granted, free of charge.")
    load = time.process_time() - started
    found = []
    for text in texts:
        started = time.process_time()
        matches = index.match(query_string=text)
        cpu = time.process_time() - started
        keys = {key for one in matches for key in re.split(r"[\s()]+", one.rule.license_expression)}
        found.append([cpu, sorted(keys - {"AND", "OR", "WITH", ""})])
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print("\n" + json.dumps({"load": load, "megabytes": memory, "found": found}))


if __name__ == "__main__":
    main()
