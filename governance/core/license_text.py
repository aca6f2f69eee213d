"""The identity of a license text: what is left of it when layout is taken away, as a number."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_QUOTES = str.maketrans({"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "\u00a0": " "})
_COPYRIGHT = re.compile(r"^\W*(copyright\b.*\d{4}|all rights reserved\W*$)", re.IGNORECASE)


def normalized(text: str) -> str:
    """Lower case, one space between words, plain quotes, no copyright lines, no markup."""
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    lines = [line for line in plain.splitlines() if not _COPYRIGHT.match(line.strip())]
    return " ".join(re.findall(r"[^\W_]+(?:['.-][^\W_]+)*", " ".join(lines).lower()))


def text_identity(text: str) -> str:
    """SHA-256 in hex of the normalised text."""
    return hashlib.sha256(normalized(text).encode()).hexdigest()
