"""Who publishes under which names on the hub: only they may give out their terms anew."""

from __future__ import annotations

import pytest

from governance.core.terms import LicenseTerms
from tests.plugins.licenses.reviewed import TERMS

USED_BY_OTHERS = {
    "bigscience-openrail-m": "written for any model of anybody",
    "dl-de-by-2.0": "any public body of Germany",
    "etalab-2.0": "any public body of France",
    "fair-ai-public-1.0-sd": "written for any model of anybody",
    "ogl-uk-3.0": "any public body of the United Kingdom",
    "openatom-model-1.0": "the foundation keeps the text, others publish under it",
    "openmdw-1.0": "the foundation keeps the text, others publish under it",
    "openmdw-1.1": "the foundation keeps the text, others publish under it",
    "sspl-1.0": "taken over by others for their own work",
}
OF_ONE_LICENSOR = {
    key: terms for key, terms in TERMS.items() if not (terms.common or terms.text_of or key in USED_BY_OTHERS)
}


@pytest.mark.parametrize("terms", OF_ONE_LICENSOR.values(), ids=OF_ONE_LICENSOR)
def test_a_license_of_one_licensor_names_where_it_publishes(terms: LicenseTerms) -> None:
    assert terms.hub_namespaces
    owners = {pattern.partition("/")[0] for pattern in terms.recognition.repositories} - {"*"}
    assert owners <= set(terms.hub_namespaces)


def test_a_text_that_others_use_as_well_names_nobody() -> None:
    named = {key for key, terms in TERMS.items() if terms.hub_namespaces}
    assert named == set(OF_ONE_LICENSOR)
