"""Text of strangers inside our sentences: one line, no control characters, never endless."""

from __future__ import annotations


def shown(text: object, limit: int = 80) -> str:
    """`text` in quotes, with control and direction characters escaped, cut to about `limit` characters."""
    whole = str(text)
    cut = whole if len(whole) <= limit else whole[:limit] + "…"
    return "'" + "".join(c if c.isprintable() else ascii(c)[1:-1] for c in cut) + "'"
