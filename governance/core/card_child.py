"""The child process that reads one card: text comes in, `{data, problems}` goes out as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any

from governance.core.limits import MEBIBYTE, limit_process


def main() -> None:
    limit_process(memory_bytes=256 * MEBIBYTE, cpu_seconds=5)
    data, problems = read_card(sys.stdin.buffer.read().decode(errors="replace"))
    sys.stdout.write(json.dumps({"data": data, "problems": problems}))


def read_card(text: str) -> tuple[dict[str, Any], list[str]]:
    """The metadata of a card, or the sentence that says why it could not be read."""
    from governance.core.card_yaml import CardError, card_data  # loads PyYAML: only once limits are set

    try:
        return card_data(text), []
    except CardError as error:
        return {}, [str(error)]
    except (ValueError, ArithmeticError, RecursionError) as error:
        return {}, [f"The card's metadata could not be read ({type(error).__name__})."]


if __name__ == "__main__":
    main()
