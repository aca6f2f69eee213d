"""Which licenses there are among the conclusions, without reading each of them."""

from __future__ import annotations

from django.db import connection

from governance.core.joined import parts

_FROM_VALUE_TO_VALUE = """
    WITH RECURSIVE held (license) AS (
        SELECT MIN(license) FROM licensing_conclusion WHERE current
        UNION ALL
        SELECT (
            SELECT MIN(next.license) FROM licensing_conclusion next
            WHERE next.current AND next.license > held.license
        )
        FROM held WHERE held.license IS NOT NULL
    )
    SELECT license FROM held WHERE license IS NOT NULL
"""
"""One step along the index for each license: DISTINCT would read all that there are."""


def concluded_licenses() -> list[str]:
    """Every license, alone or joined with others, that some snapshot is under now; empty where none could be
    concluded."""
    with connection.cursor() as cursor:
        cursor.execute(_FROM_VALUE_TO_VALUE)
        return [license for (license,) in cursor.fetchall()]


def licenses_under(key: str) -> list[str]:
    """Those that are the license of this key, alone or together with others."""
    return [license for license in concluded_licenses() if license == key or key in parts(license)]
