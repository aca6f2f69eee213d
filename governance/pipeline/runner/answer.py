"""Whether what a policy returned is a verdict, checked where the real objects are: in the child.

Types are compared exactly: an instance of a subclass can bring its own `__str__`, `__eq__` or `items`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from governance.core.outcomes import Outcome
from governance.core.verdicts import Finding, Verdict

MAX_FINDINGS = 1_000
MAX_EVIDENCE = 64 * 1024
"""Bytes of one finding's evidence as JSON."""
MAX_TEXT = {"reason": 2_000, "license": 200, "section": 200, "how_to_fix": 2_000}
"""Characters."""
MAX_MISSING = 200

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
_decode = json.JSONDecoder().decode
_NUL = re.compile(r"(?<!\\)(?:\\\\)*\\u0000")


class NonsenseError(ValueError):
    """The text completes the sentence 'The policy X ...'."""


def verdict_json(answer: Any, as_of: datetime) -> dict[str, Any]:
    """The JSON form of the verdict that a policy returned. Raises NonsenseError naming the fault."""
    if type(answer) is not Verdict:
        raise NonsenseError(f"returned {_kind(answer)} instead of a Verdict")
    if type(answer.findings) not in (tuple, list):
        raise NonsenseError(f"returned findings of type {_kind(answer.findings)}")
    if len(answer.findings) > MAX_FINDINGS:
        raise NonsenseError(f"returned {len(answer.findings)} findings, more than {MAX_FINDINGS}")
    findings = [_finding(finding, number) for number, finding in enumerate(answer.findings, 1)]
    return {"findings": findings, "holds_until": _until(answer.holds_until, as_of)}


def _finding(finding: Any, number: int) -> dict[str, Any]:
    if type(finding) is not Finding:
        raise NonsenseError(f"returned {_kind(finding)} as finding {number}")
    if type(finding.outcome) is not Outcome:
        raise NonsenseError(f"returned {_kind(finding.outcome)} as outcome of finding {number}")
    texts = {name: _text(getattr(finding, name), name, limit, number) for name, limit in MAX_TEXT.items()}
    if not texts["reason"].strip():
        raise NonsenseError(f"gave no reason in finding {number}")
    evidence = _evidence(finding.evidence, number)
    missing = _missing(finding.missing, number)
    return {"outcome": str(finding.outcome), **texts, "evidence": evidence, "missing": missing}


def _text(value: Any, name: str, limit: int, number: int) -> str:
    if type(value) is not str:
        raise NonsenseError(f"returned {_kind(value)} as {name} of finding {number}")
    if len(value) > limit:
        raise NonsenseError(f"returned a {name} of {len(value)} characters in finding {number}")
    # Databases refuse both, and then the verdict of a whole batch could not be kept.
    if "\0" in value or (not value.isascii() and not _encodable(value)):
        raise NonsenseError(f"returned a {name} that is no text in finding {number}")
    return value


def _missing(value: Any, number: int) -> list[str]:
    if type(value) not in (tuple, list) or len(value) > MAX_MISSING:
        raise NonsenseError(f"returned {_kind(value)} as missing facts of finding {number}")
    return [_text(name, "missing fact", 500, number) for name in value]


def _evidence(value: Any, number: int) -> Any:
    if not isinstance(value, Mapping):
        raise NonsenseError(f"returned {_kind(value)} as evidence of finding {number}")
    try:
        body = _encode(dict(value))
        size = len(body.encode())
    except (TypeError, ValueError, RecursionError) as fault:
        raise NonsenseError(f"returned evidence of finding {number} that is not JSON: {fault}") from None
    if size > MAX_EVIDENCE:
        raise NonsenseError(f"returned {size} bytes of evidence in finding {number}, over {MAX_EVIDENCE}")
    if "\\u0000" in body and _NUL.search(body):
        raise NonsenseError(f"returned a NUL character in the evidence of finding {number}")
    return _decode(body)  # plain values only, whatever classes the policy used


def _until(value: Any, as_of: datetime) -> str | None:
    if value is None:
        return None
    if type(value) is not datetime or value.utcoffset() is None:
        raise NonsenseError(f"returned {_kind(value)} as holds_until instead of an instant with its offset")
    if value <= as_of:
        raise NonsenseError("returned a holds_until that is not after the date it judged")
    return value.isoformat()


def _encodable(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind(value: Any) -> str:
    """`datetime` for a naive one would mislead, hence the word before it."""
    kind = type(value)
    naive = kind is datetime and value.tzinfo is None
    return ("a naive " if naive else "") + str(type.__dict__["__name__"].__get__(kind))[:100]
