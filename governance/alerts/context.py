"""What an event tells: all that its mails show, checked when it is announced and kept as JSON.

Every text is one line without control characters, so nothing in it can end a header or fake a paragraph.

Which fields a kind needs beside `sentence`, `object` and `url`:

- violation_opened, violation_worsened (`previous`), violation_resolved (`resolution`): `decision`, `policy`,
  `findings` (worst first), and where it runs
- limit_approaching: `decision`, `policy`, and in `findings` the limit that is near
- upstream_changed: `model`, and in `affected` the deployments of it
- waiver_expiring: `policy`, `until`, `findings`
- work_dead, work_resumed: nothing
- work_stuck: in `findings` what fails and how to mend it

One cause that touches many deployments is one event: `affected` holds the first of them (at most 10) and
`affected_count` how many there are.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, Field, StringConstraints

from governance.core.outcomes import Decision, Outcome
from governance.core.values import Frozen

MOST_AFFECTED = 10
MOST_CHARACTERS = 2000


def one_line(text: str) -> str:
    """White space becomes one space, control and direction characters are left out, the end is cut."""
    plain = " ".join("".join(c for c in text if c.isprintable() or c.isspace()).split())
    return plain if len(plain) <= MOST_CHARACTERS else plain[: MOST_CHARACTERS - 1] + "…"


Line = Annotated[str, AfterValidator(one_line)]
Link = Annotated[Line, StringConstraints(pattern=r"^(https?://.+|/([^/].*)?)?$")]
"""An address, or a path on this site."""


class Shown(Frozen):
    """A finding as it is told: the same fields as the stored one."""

    policy: Line = ""
    outcome: Outcome
    reason: Line
    license: Line = ""
    license_name: Line = ""
    """What people call the license; its key is shown where this is empty."""
    section: Line = ""
    evidence: dict[str, Any] = {}
    how_to_fix: Line = ""
    missing: tuple[Line, ...] = ()


class Place(Frozen):
    """Where it runs. None and empty mean not known."""

    deployment: Line = ""
    environment: Line = ""
    regions: tuple[Line, ...] | None = None
    product: Line = ""
    company: Line = ""


class Affected(Place):
    """One of many deployments that one cause touches."""

    decision: Decision | None = None
    url: Link = ""


class Context(Place):
    """All that the mails of one event show."""

    sentence: Line = Field(min_length=1)
    """What happened, as one sentence: the first line of the mail."""
    object: Line = Field(min_length=1)
    """What it is about: a deployment's slug, a repository id, or a piece of work."""
    url: Link
    """The one place to go: page of the violation, the model, the work."""
    decision: Decision | None = None
    """What the deployment is decided to be now."""
    model: Line = ""
    """`org/name@revision`."""
    policy: Line = ""
    findings: tuple[Shown, ...] = ()
    previous: Line = ""
    """The outcome before, of a violation that got worse."""
    resolution: Line = ""
    """Why a violation was resolved."""
    until: datetime | None = None
    """First instant at which a waiver no longer holds."""
    next: Line = ""
    """What happens next and when; what is usual for the kind where it is empty."""
    violations: tuple[int, ...] = ()
    """Ids of the violations that it is about, for those who look them up."""
    affected: tuple[Affected, ...] = Field((), max_length=MOST_AFFECTED)
    affected_count: int = Field(0, ge=0)

    @property
    def environments(self) -> frozenset[str]:
        named = {self.environment, *(place.environment for place in self.affected)}
        return frozenset(named - {""})

    @property
    def touched(self) -> int:
        """How many deployments the cause touches."""
        return max(self.affected_count, len(self.affected))

    @property
    def unlisted(self) -> int:
        return self.touched - len(self.affected)

    @property
    def thread(self) -> str:
        """What mails have in common that belong together: the subject and the policy."""
        subject = "" if self.touched > 1 else self.deployment or self.object
        return f"{subject}|{self.policy}"
