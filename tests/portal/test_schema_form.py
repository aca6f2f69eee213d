"""A form from a schema, and back."""

from __future__ import annotations

from typing import Literal

import pytest
from django.http import QueryDict
from pydantic import Field

from governance.core.policy import PolicyParams
from governance.discovery import catalog
from governance.portal import schema_form


class Params(PolicyParams):
    share: float = Field(0.8, gt=0, le=1)
    days: int = 30
    name: str = ""
    strict: bool = True
    answer: Literal["review", "fail"] = "review"
    regions: tuple[str, ...] = ("US", "EU")
    most: int | None = None
    caps: dict[str, int] = {"a": 1}


SCHEMA = Params.model_json_schema()


def kinds() -> dict[str, str]:
    return {one.name: one.kind for one in schema_form.fields(SCHEMA)}


def sent(**given: str) -> dict:
    query = QueryDict(mutable=True)
    query.update({f"param.{name}": text for name, text in given.items()})
    return schema_form.sent(SCHEMA, query)


def test_each_type_has_its_control() -> None:
    assert kinds() == {
        "share": "number", "days": "integer", "name": "text", "strict": "yes_no", "answer": "choice",
        "regions": "lines", "most": "integer", "caps": "json",
    }  # fmt: skip


def test_what_is_sent_becomes_parameters() -> None:
    found = sent(share="0.5", days="7", strict="no", answer="fail", regions="DE\r\n\r\nFR ", caps='{"b": 2}')
    assert Params.model_validate(found) == Params(
        share=0.5, days=7, strict=False, answer="fail", regions=("DE", "FR"), caps={"b": 2}
    )


def test_an_empty_field_means_the_default_and_empty_lines_mean_none() -> None:
    assert Params.model_validate(sent(days="", most="")) == Params()
    assert sent(regions="") == {"regions": []}


@pytest.mark.parametrize(
    ("name", "text"), [("days", "soon"), ("strict", "maybe"), ("caps", "{"), ("share", "1e")]
)
def test_what_does_not_parse_is_handed_on_and_refused_by_name(name: str, text: str) -> None:
    assert sent(**{name: text}) == {name: text}
    with pytest.raises(ValueError, match=name):
        Params.model_validate(sent(**{name: text}))


@pytest.mark.parametrize("key", catalog().policies)
def test_sending_the_form_of_any_policy_as_it_stands_gives_its_defaults(key: str) -> None:
    policy = catalog().policies[key]
    schema = policy.Params.model_json_schema()
    query = QueryDict(mutable=True)
    for one in schema_form.fields(schema):
        query[one.id] = ("yes" if one.value else "no") if one.kind == "yes_no" else one.text
    assert policy.parse_params(schema_form.sent(schema, query)) == policy.Params()
