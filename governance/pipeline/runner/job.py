"""One evaluation to make, and the verdict that stands for one that could not be made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from governance.core.outcomes import Outcome
from governance.core.verdicts import Finding, Verdict

HOW_TO_FIX = "Repair or update the plugin that brings this policy; until then what it judges is not allowed."


@dataclass(frozen=True)
class Job:
    """One policy to evaluate on one case's facts."""

    policy: str
    params: Mapping[str, Any]
    """JSON."""
    as_of: str
    """ISO 8601 instant with its offset from UTC."""
    facets: Mapping[str, str]
    """Facet name to its canonical JSON text; those that the policy does not read are not shown to it."""


class Fault(StrEnum):
    """Why an evaluation gave no verdict."""

    TIMEOUT = "timeout"
    CRASH = "crash"
    MEMORY = "memory"
    RAISED = "raised"
    NONSENSE = "nonsense"
    """It answered, but with something that is no verdict, or it changed what it must leave alone."""
    FORBIDDEN = "forbidden"
    """It reached for files, processes, threads or the network."""
    NOT_INSTALLED = "not_installed"
    PARAMS = "params"
    FACTS = "facts"
    """The facts that it was given could not be read."""
    RUNNER = "runner"
    """The child process could not be started."""


def error_verdict(fault: Fault, reason: str, *, how_to_fix: str = HOW_TO_FIX, **evidence: Any) -> Verdict:
    """A verdict of one `error` finding; evidence holds the fault and what else is given and not empty."""
    grounds = {"fault": str(fault)} | {name: value for name, value in evidence.items() if value}
    return Verdict((Finding(Outcome.ERROR, reason, evidence=grounds, how_to_fix=how_to_fix),))
