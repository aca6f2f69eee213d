"""Which license a text is, as it is shown to people."""

from __future__ import annotations

from dataclasses import dataclass

from governance.core.recognition import Found, Match, Recognition
from governance.core.spoken import percent
from governance.portal.pages.models import license_name
from governance.portal.wording import Badge

BADGES = {
    Match.EXACT: Badge("The same text", tone="green", shape="circle", icon="check"),
    Match.NEAR: Badge("Near, and not the same", tone="amber", shape="diamond", icon="eye"),
    Match.NONE: Badge("None that is known", tone="violet", shape="dashed", icon="question-mark"),
}


@dataclass(frozen=True)
class Told:
    found: Recognition

    @property
    def badge(self) -> Badge:
        return BADGES[self.found.match]

    @property
    def sentence(self) -> str:
        """What it is, in one sentence."""
        found = self.found
        if found.candidates:
            return "It is the beginning of more than one license; too little of it is there to tell which."
        if found.key is None:
            return "No license of the catalog. That says nothing of what it allows."
        name = license_name(found.key)
        if found.match is Match.EXACT:
            return f"{name}, whatever the layout of this copy."
        if len(found.licenses) > 1:
            return f"It holds {len(found.licenses)} licenses, {name} first, and may hold more than these."
        return f"Nearest is {name}, of which it has {percent(found.similarity)}; what differs may change all."

    @property
    def licenses(self) -> list[Found]:
        return [] if self.found.match is Match.EXACT else list(self.found.licenses)
