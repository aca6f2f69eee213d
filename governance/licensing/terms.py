"""License terms as they were loaded, so that a change of knowledge is noticed and stays on record."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from governance.core.sentences import shown
from governance.core.terms import LicenseTerms
from governance.core.values import digest
from governance.discovery import catalog
from governance.licensing.models import TermsVersion


@transaction.atomic
def load_terms(*, now: datetime) -> list[str]:
    """Record the catalog; the keys whose terms are new, changed or gone since the last load."""
    held = dict(TermsVersion.objects.filter(current=True).values_list("key", "digest"))
    bodies = {
        key: one.model_dump(mode="json", exclude_defaults=True) for key, one in catalog().licenses.items()
    }
    digests = {key: digest(body) for key, body in bodies.items()}
    changed = sorted(key for key in held.keys() | digests.keys() if held.get(key) != digests.get(key))
    TermsVersion.objects.filter(key__in=changed, current=True).update(current=False)
    for key in set(changed) & bodies.keys():
        TermsVersion.objects.update_or_create(
            key=key,
            digest=digests[key],
            defaults={"terms": bodies[key], "loaded_at": now, "current": True},
        )
    return changed


def no_terms(license: str) -> str:
    """Why a key cannot be meant, as the cause of a refusal."""
    alike = "" if license.isascii() else ", which holds letters that only look like plain ones, or are none"
    return f"there are no terms of a license {shown(license)}{alike}"


def terms(keys: Iterable[str]) -> dict[str, LicenseTerms]:
    """The terms of those keys that are known."""
    known = catalog().licenses
    return {key: known[key] for key in keys if key in known}
