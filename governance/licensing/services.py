"""The verbs of licensing. Invalid input raises ValidationError before anything is written."""

from __future__ import annotations

from governance.licensing.concluding import (
    conclude,
    current_licenses,
    notice_license_change,
    override,
    reconclude,
    under,
    withdraw_override,
)
from governance.licensing.grants import (
    attach,
    change_grant,
    in_force,
    move_grant,
    record_grant,
    retire_grant,
)
from governance.licensing.readings import adopt_reading, taken_readings, withdraw_reading
from governance.licensing.terms import load_terms, terms

__all__ = [
    "adopt_reading",
    "attach",
    "change_grant",
    "conclude",
    "current_licenses",
    "in_force",
    "load_terms",
    "move_grant",
    "notice_license_change",
    "override",
    "reconclude",
    "record_grant",
    "retire_grant",
    "taken_readings",
    "terms",
    "under",
    "withdraw_override",
    "withdraw_reading",
]
