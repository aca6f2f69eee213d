"""The Policy contract: a pure rule with a permanent key and a version."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, ValidationError

from governance.core.contract import Plugin, abstract
from governance.core.facts import Facet, Facts, Subject
from governance.core.verdicts import Verdict


class PolicyParams(BaseModel):
    """Parameters of an assignment. Its JSON Schema builds the form in the portal."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ParamsError(ValueError):
    """Parameters do not fit a policy. `faults` maps each field to what is wrong with it."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = faults


class Policy(Plugin, abstract=True):
    """Same facts and parameters, same verdict: no clock, no network, no state."""

    version: ClassVar[int]
    judges: ClassVar[frozenset[Subject] | set[Subject]]
    reads: ClassVar[frozenset[Facet] | set[Facet]]

    class Params(PolicyParams):
        """No parameters."""

    @classmethod
    def check_contract(cls) -> None:
        super().check_contract()
        version = getattr(cls, "version", None)
        cls.require(
            type(version) is int and version > 0, f"version {version!r} must be a whole number from 1"
        )
        for name, kind in (("judges", Subject), ("reads", Facet)):
            values = getattr(cls, name, None)
            fits = (
                isinstance(values, (set, frozenset)) and values and all(isinstance(v, kind) for v in values)
            )
            cls.require(bool(fits), f"{name} must be a set of {kind.__name__}, not {values!r}")
        cls._check_facets()
        cls.require(
            isinstance(cls.Params, type) and issubclass(cls.Params, PolicyParams),
            "Params must be a PolicyParams",
        )
        cls.require_method("evaluate", "facts", "params")

    @classmethod
    def _check_facets(cls) -> None:
        """A snapshot has no deployment, company, usage or grant to read."""
        beyond = set(cls.reads) - {Facet.SNAPSHOT, Facet.FILES, Facet.TERMS, Facet.FIGURES}
        cls.require(
            Subject.SNAPSHOT not in cls.judges or not beyond,
            f"judges snapshots, which have no {', '.join(sorted(beyond))}",
        )

    @abstract
    def evaluate(self, facts: Facts, params: Any) -> Verdict:
        raise NotImplementedError

    @classmethod
    def parse_params(cls, data: Any) -> PolicyParams:
        """Raises ParamsError naming every field that does not fit."""
        try:
            return cls.Params.model_validate(data)
        except ValidationError as fault:
            raise ParamsError(
                {".".join(map(str, e["loc"])) or "params": e["msg"] for e in fault.errors()}
            ) from fault
