"""How a license is named freely, as it is compared: the same words mean the same license however written."""

from __future__ import annotations

import re
from functools import lru_cache

_SAYS_NOTHING = frozenset(("the", "license", "licence", "version"))
_WORDS = re.compile(r"[a-z0-9.+]+")


@lru_cache(maxsize=8192)
def name_form(name: str) -> str:
    """`apache-2.0` for `Apache License, Version 2.0`; empty for what is not plain ASCII, or says nothing.

    Only what every license is called is left out: `Modified MIT License` never becomes `mit`.
    """
    if not name.isascii():
        return ""
    plain = name.lower().replace("public license", "license").replace("public licence", "license")
    words = [word.strip(".") for word in _WORDS.findall(plain)]
    return "-".join(re.sub(r"^v(?=\d)", "", word) for word in words if word and word not in _SAYS_NOTHING)
