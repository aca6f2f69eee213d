from __future__ import annotations

import pytest

from governance.core.reading import Allowance
from plugins.sources._hub_allowance import allowance

POLICY = '"fixed window";"api";q=500;w=300'
CASES = {
    "nothing said": ({}, None),
    "all said": (
        {"ratelimit": '"api";r=12;t=55', "ratelimit-policy": POLICY},
        Allowance("api", 12, 500, 55.0),
    ),
    "spaces": ({"ratelimit": '"api"; r=12; t=55'}, Allowance("api", 12, None, 55.0)),
    "the policy of another": (
        {"ratelimit": '"resolvers";r=2', "ratelimit-policy": POLICY},
        Allowance("resolvers", 2),
    ),
    "one of several policies": (
        {"ratelimit": '"pages";r=2', "ratelimit-policy": POLICY + ',"fixed window";"pages";q=100;w=300'},
        Allowance("pages", 2, 100),
    ),
    "used up": ({"ratelimit": '"api";r=0;t=1'}, Allowance("api", 0, None, 1.0)),
    "no remainder": ({"ratelimit": '"api";t=55'}, None),
    "nonsense": ({"ratelimit": "soon"}, None),
    "huge": ({"ratelimit": '"api";r=' + "9" * 400}, None),
    "a name that is markup": ({"ratelimit": '"<b>";r=1'}, None),
}


@pytest.mark.parametrize(("headers", "expected"), CASES.values(), ids=CASES)
def test_what_the_hub_allows(headers, expected):
    assert allowance(headers) == expected
