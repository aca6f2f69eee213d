"""Evaluates one job in the child: parameters, facts, policy, answer, and what was left behind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from governance.core.facts import Facet, Facts, parse_facet
from governance.core.policy import ParamsError, Policy
from governance.core.values import Frozen
from governance.pipeline.runner.answer import NonsenseError, verdict_json
from governance.pipeline.runner.guard import Damage, Guard
from governance.pipeline.runner.job import Fault, error_verdict

_loads = json.JSONDecoder().decode


@dataclass(frozen=True, slots=True)
class Answer:
    """The JSON of a verdict, and whether the process can no longer be trusted."""

    verdict: dict[str, Any]
    fault: str = ""
    spoiled: bool = False


class Judge:
    def __init__(self, policies: Mapping[str, type[Policy]], broken: Mapping[str, str]) -> None:
        self._policies = policies
        self._broken = broken
        self._guard = Guard()
        self._damage = Damage(policies.values())

    def judge(self, key: str, params: str, as_of: str, facets: Mapping[str, str]) -> Answer:
        """The answer to one job; never raises for what a policy does, as long as this process lives."""
        policy = self._policies.get(key)
        if policy is None:
            return self._not_installed(key)
        try:
            kept = [(facet, *_TWINS[facet](facets[facet])) for facet in policy.reads if facet in facets]
            facts = Facts(_instant(as_of), {facet: shown for facet, shown, _ in kept})
        except MemoryError:
            return refusal(key, Fault.MEMORY, "was not asked: its facts need too much memory", spoiled=True)
        except Exception as fault:
            return refusal(key, Fault.FACTS, f"was not asked: its facts could not be read ({_text(fault)})")
        answer = self._evaluate(policy, key, facts, params)
        changed = self._changes(policy, kept)
        if changed:
            return refusal(key, Fault.NONSENSE, changed, spoiled=True)
        return answer

    def _evaluate(self, policy: type[Policy], key: str, facts: Facts, params: str) -> Answer:
        as_of = facts.as_of
        self._guard.enter()
        try:
            returned = policy().evaluate(facts, policy.parse_params(_loads(params)))
            answer = Answer(verdict_json(returned, as_of))
        except BaseException as fault:  # SystemExit and KeyboardInterrupt are as much its fault
            answer = _raised(key, fault)
        if breach := self._guard.leave():
            return refusal(key, Fault.FORBIDDEN, f"tried to {breach}, which policies must not", spoiled=True)
        return answer

    def _changes(self, policy: type[Policy], kept: list[tuple[Facet, Frozen, Frozen]]) -> str:
        for facet, shown, untouched in kept:
            if not _same(shown, untouched):
                return f"changed the facts that it was shown ({facet})"
        return self._damage.found(policy)

    def _not_installed(self, key: str) -> Answer:
        why = self._broken.get(key, "")
        broken = dict(sorted(self._broken.items())[:20])
        reason = f"is broken: {why}" if why else "is not installed"
        return refusal(key, Fault.NOT_INSTALLED, reason, broken=broken)


def refusal(key: str, fault: Fault, what: str, *, spoiled: bool = False, **evidence: Any) -> Answer:
    """`what` completes the sentence 'The policy X ...'."""
    reason = _clean(f"The policy {key} {what}.")
    verdict = error_verdict(fault, reason, policy=_clean(key), **_clean(evidence))
    return Answer(verdict.to_json(), str(fault), spoiled)


def _twins(facet: Facet, body: str) -> tuple[Frozen, Frozen]:
    """The value that policies see, and another from the same JSON to tell whether one of them changed it."""
    parse = parse_facet.__wrapped__  # past its cache, which would give one object twice
    return parse(facet, body), parse(facet, body)


_TWINS = {facet: lru_cache(maxsize=128)(partial(_twins, facet)) for facet in Facet}
"""Apart for each facet: deployments differ in every case and would push out what many share."""


def _same(shown: Frozen, untouched: Frozen) -> bool:
    try:
        return bool(shown == untouched)
    except Exception:
        return False


def _instant(as_of: str) -> datetime:
    instant = datetime.fromisoformat(as_of)
    if instant.tzinfo is None:
        raise ValueError(f"as_of {as_of} has no offset from UTC")
    return instant


def _raised(key: str, fault: BaseException) -> Answer:
    # Not isinstance, which asks the object for its class, and the object may lie.
    kind = type(fault)
    if issubclass(kind, MemoryError):
        fault.with_traceback(None)  # its frames hold what filled the memory
        return refusal(key, Fault.MEMORY, "needed more memory than it may use", spoiled=True)
    if issubclass(kind, NonsenseError):
        return refusal(key, Fault.NONSENSE, str(fault))
    if issubclass(kind, ParamsError):
        fields = dict(fault.faults)  # type: ignore[attr-defined]
        faults = "; ".join(f"{name}: {what}" for name, what in sorted(fields.items()))
        return refusal(key, Fault.PARAMS, f"cannot take its parameters ({faults[:500]})", fields=fields)
    text = _text(fault)
    return refusal(key, Fault.RAISED, f"raised {text}", exception=text, where=_where(fault))


def _text(fault: BaseException) -> str:
    """Type and message, at most 300 characters; an exception's own `__str__` may itself be broken."""
    name = str(type.__dict__["__name__"].__get__(type(fault)))[:100]
    try:
        message = str(fault)
    except BaseException:
        message = "(its message could not be read)"
    return f"{name}: {message}"[:300] if message else name


def _where(fault: BaseException) -> str:
    """File and line of the innermost frame, as in `pinned_revision.py:31`."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{trace.tb_frame.f_code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}" if trace else ""


def _clean(value: Any) -> Any:
    """Text on one line that every database keeps, in a string or in a dict of such."""
    if isinstance(value, dict):
        return {_clean(name): _clean(text) for name, text in value.items()}
    return " ".join(str(value).encode("utf-8", "backslashreplace").decode().replace("\0", " ").split())
