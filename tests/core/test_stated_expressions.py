"""What is concluded where a statement is an SPDX expression."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from governance.core.choosing import burden
from governance.core.concluding import Conclusion, conclude
from governance.core.joined import joined, parts
from governance.core.reading import Statement, StatementKind
from governance.core.recognition import Match, Recognition
from governance.discovery import catalog

CATALOG = catalog().licenses
TAG, NAME, LINK = StatementKind.TAG, StatementKind.LICENSE_NAME, StatementKind.LICENSE_LINK
GGUF, MANUAL = StatementKind.GGUF, StatementKind.MANUAL


def concluded(*stated: tuple[StatementKind, str], text: str = "") -> Conclusion:
    statements = [Statement(kind, value) for kind, value in stated]
    texts = [("LICENSE", Recognition(key=text, match=Match.EXACT))] if text else []
    return conclude(repo_id="org/model", statements=statements, texts=texts, catalog=CATALOG)


CONCLUDED = [
    ("a choice", "Apache-2.0 OR MIT", "mit", "which asks least, until a person chooses"),
    ("both", "MIT AND CC-BY-4.0", "cc-by-4.0 AND mit", "both govern"),
    ("an exception", "GPL-2.0-or-later WITH Classpath-exception-2.0", "gpl-2.0-or-later", "is not counted"),
    (
        "an exception that is unknown",
        "GPL-2.0-only WITH my-exception",
        "",
        "'my-exception', which is not known",
    ),
    ("a license as exception", "MIT WITH MIT", "", "the exception 'MIT', which is not known"),
    ("or later, by name", "GPL-2.0+ AND MIT", "gpl-2.0-or-later AND mit", "both govern"),
    ("or later, of any license", "Apache-2.0+", "apache-2.0", "any later version"),
    ("a choice with an unknown one", "MIT OR their-license", "", "'their-license', which names no license"),
    ("both with an unknown one", "MIT AND their-license", "", "'their-license', which names no license"),
    ("a choice with a family", "MIT OR gemma", "", "may mean gemma-2024-04-01 or gemma-2025-03-24"),
    ("a choice under limits", "llama3.1 OR Apache-2.0", "apache-2.0", "leaves the choice"),
    ("a choice within", "(GPL-3.0-only OR MIT) AND CC-BY-4.0", "cc-by-4.0 AND mit", "leaves the choice"),
    ("the same twice", "MIT OR mit", "mit", "names the MIT License"),
    ("six at once", "MIT AND ISC AND Zlib AND X11 AND NCSA AND 0BSD", "", "at most 5 are judged together"),
    ("what does not parse", "MIT AND", "", "is no SPDX expression"),
    ("a title", "Our Community License and Use Policy", "", "a title and no id"),
    ("a list as text", "mit, apache-2.0", "", "names"),
    ("ten thousand characters", "MIT OR " * 1500 + "MIT", "", "10,503 characters"),
]


@pytest.mark.parametrize("kind", [TAG, NAME, GGUF, MANUAL])
@pytest.mark.parametrize(
    ("text", "license", "reason"), [one[1:] for one in CONCLUDED], ids=[one[0] for one in CONCLUDED]
)
def test_what_an_expression_concludes(kind: StatementKind, text: str, license: str, reason: str) -> None:
    found = concluded((kind, text))
    assert (found.license, found.disagreements) == (license, ())
    assert reason.removesuffix(" that is known") in found.reason
    assert len(found.reason) < 500


def test_letters_that_look_alike_make_no_expression() -> None:
    found = concluded((TAG, "аpache-2.0 OR MIT"))  # the first letter is Cyrillic
    assert found.license == ""
    assert "only look like plain ones" in found.disagreements[0]


def test_a_link_is_no_expression() -> None:
    assert concluded((LINK, "mit OR apache-2.0")).license == ""


AGREEING = [
    ("a tag that names one choice", [(NAME, "Apache-2.0 OR MIT"), (TAG, "apache-2.0")], "", "apache-2.0", 0),
    ("a tag that names a part", [(NAME, "MIT AND CC-BY-4.0"), (TAG, "mit")], "", "cc-by-4.0 AND mit", 0),
    ("a tag that names another", [(NAME, "MIT AND CC-BY-4.0"), (TAG, "isc")], "", "cc-by-4.0 AND mit", 1),
    ("the text of one choice", [(NAME, "Apache-2.0 OR GPL-3.0-only")], "gpl-3.0-only", "gpl-3.0-only", 0),
    ("the text of a part only", [(NAME, "MIT AND CC-BY-4.0")], "mit", "mit", 1),
    ("the text of another", [(TAG, "MIT OR Apache-2.0")], "llama2", "llama2", 1),
    ("a tag beside a broken name", [(NAME, "MIT AND"), (TAG, "mit")], "", "mit", 1),
]


@pytest.mark.parametrize(
    ("stated", "text", "license", "against"), [one[1:] for one in AGREEING], ids=[one[0] for one in AGREEING]
)
def test_statements_disagree_with_a_choice_only_where_none_of_it_fits(
    stated: list[tuple[StatementKind, str]], text: str, license: str, against: int
) -> None:
    found = concluded(*stated, text=text)
    assert (found.license, len(found.disagreements)) == (license, against), found


@pytest.mark.parametrize(
    ("stated", "license"),
    [("MIT OR Apache-2.0", "mit"), ("MIT AND Apache-2.0", "apache-2.0 AND mit"), ("MIT OR ISC", "")],
)
def test_an_expression_says_how_texts_of_several_licenses_belong_together(stated: str, license: str) -> None:
    texts = [
        (path, Recognition(key=key, match=Match.EXACT))
        for path, key in (("LICENSE-APACHE", "apache-2.0"), ("LICENSE-MIT", "mit"))
    ]
    statements = [Statement(NAME, stated)]
    found = conclude(repo_id="o/m", statements=statements, texts=texts, catalog=CATALOG)
    assert found.license == license
    assert bool(found.disagreements) is not bool(license)


def test_a_license_never_asks_less_together_with_another() -> None:
    both = burden([CATALOG["llama3.1"], CATALOG["mit"]])
    assert both > burden([CATALOG["llama3.1"]]) > burden([CATALOG["mit"]])
    assert burden([CATALOG["jamba-open-model"]]) > burden([CATALOG["llama3.1"]])  # nobody checked its text


KEYS = st.sets(st.sampled_from(sorted(CATALOG)), min_size=1, max_size=5)


@given(KEYS)
def test_licenses_are_joined_and_parted_the_same(keys: set[str]) -> None:
    assert set(parts(joined(keys))) == keys
    assert parts(joined(parts(joined(keys)))) == parts(joined(keys))


@given(KEYS)
def test_a_choice_is_always_one_of_its_alternatives(keys: set[str]) -> None:
    found = concluded((MANUAL, " OR ".join(sorted(keys))))
    assert found.license in keys
