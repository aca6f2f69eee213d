"""Regions as licenses and deployments name them: ISO 3166-1 alpha-2 codes, and groups of countries.

Membership of the European Union and the European Economic Area is as it stands since 2020-02-01. Parts of
member states that have codes of their own (Guadeloupe, Åland, ...) count with them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


EU = _codes(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK AX GF GP MF MQ RE YT"
)
EEA = EU | {"IS", "LI", "NO"}
COUNTRIES = EEA | _codes(
    """AD AE AF AG AI AL AM AO AQ AR AS AU AW AZ BA BB BD BF BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
    CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX DJ DM DO DZ EC EG EH ER ET FJ FK FM FO GA GB GD
    GE GG GH GI GL GM GN GQ GS GT GU GW GY HK HM HN HT ID IL IM IN IO IQ IR JE JM JO JP KE KG KH KI KM
    KN KP KR KW KY KZ LA LB LC LK LR LS LY MA MC MD ME MG MH MK ML MM MN MO MP MR MS MU MV MW MX MY MZ
    NA NC NE NF NG NI NP NR NU NZ OM PA PE PF PG PH PK PM PN PR PS PW PY QA RS RU RW SA SB SC SD SG SH
    SJ SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY
    UZ VA VC VE VG VI VN VU WF WS YE ZA ZM ZW"""
)
_GROUPS = {"EU": EU, "EEA": EEA, "WORLD": COUNTRIES, "UK": frozenset({"GB"}), "EL": frozenset({"GR"})}
_SUBDIVISION = re.compile(r"^([A-Z]{2})-[A-Z0-9]{1,3}$")


@lru_cache(maxsize=4096)
def expand(regions: tuple[str, ...]) -> tuple[frozenset[str], tuple[str, ...]]:
    """The countries that `regions` name, and those names that are no region.

    Understands country codes, subdivisions of them (`US-CA`), `EU`, `EEA`, `UK` and `WORLD`, in any case.
    """
    countries: set[str] = set()
    strange = []
    for region in regions:
        named = _countries(region.strip().upper())
        countries |= named
        if not named:
            strange.append(region)
    return frozenset(countries), tuple(strange)


def _countries(code: str) -> frozenset[str]:
    if code in COUNTRIES:
        return frozenset({code})
    if part := _SUBDIVISION.match(code):
        return _countries(part[1])
    return _GROUPS.get(code, frozenset())


def within(regions: Iterable[str], territory: Iterable[str]) -> bool:
    """Whether every region lies in the territory; a name that is no region lies nowhere."""
    places, strange = expand(tuple(regions))
    return not strange and bool(places) and places <= expand(tuple(territory))[0]
