"""What must be shown, copied, named and passed on, for one deployment and for several."""

from __future__ import annotations

from governance.core.duty_items import duty_items, shown
from governance.core.duty_report import Asked, report
from governance.core.facts import DutyEvidence
from governance.core.governing import governing_terms
from governance.core.terms import Parts
from tests.plugins.policies.cast import NOW, deployment, governed, terms

LLAMA = terms(
    "llama",
    published_at="https://llama.example/license",
    duties=[
        {"kind": "display", "section": "1", "trigger": "always", "phrase": "Built with Llama"},
        {"kind": "name_prefix", "section": "1", "trigger": "modified", "phrase": "Llama"},
        {"kind": "notice_file", "section": "2", "trigger": "distributed", "phrase": "Llama is licensed."},
        {"kind": "license_copy", "section": "2", "trigger": "distributed"},
        {"kind": "use_policy", "section": "3", "trigger": "always", "url": "https://llama.example/use"},
        {"kind": "register", "section": "4", "trigger": "commercial"},
        {"kind": "display", "section": "5", "trigger": "always", "phrase": "Please", "optional": True},
    ],
)
SHARED = terms("shared", copyleft={"reach": "work", "section": "6"})


def asked(slug="chat", *licenses, evidence=(), gaps=(), **uses) -> Asked:
    facts, way = governed(*licenses), deployment(evidence=evidence, **uses)
    duties = [(item, shown(item, way, (), NOW)) for item in duty_items(facts, way.uses)]
    return Asked(slug, tuple(governing_terms(facts, Parts.DUTIES)), tuple(duties), gaps)


def kinds(found, group):
    return [(line.demand, line.standing) for line in found.of(group)]


def test_each_demand_stands_in_the_group_of_what_is_to_be_done():
    found = report("Chat", [asked("chat", LLAMA, distributed=True, modification="merge", commercial=True)])
    assert kinds(found, "show") == [("Show “Built with Llama”", "missing")]
    assert [line.section for line in found.of("copy")] == ["2", "2"]
    assert [line.phrase for line in found.of("name")] == ["Llama"]
    assert [line.url for line in found.of("pass_on")] == ["https://llama.example/use"]
    assert [line.demand for line in found.of("do")] == ["Register with the licensor"]


def test_what_does_not_arise_or_is_only_encouraged_is_not_asked():
    found = report("Chat", [asked("chat", LLAMA, distributed=False, modification="none", commercial=False)])
    assert [line.group for line in found.lines] == ["show", "pass_on"]


def test_what_may_arise_is_asked_with_the_facts_that_would_tell():
    (copy, *_) = report("Chat", [asked("chat", LLAMA)]).of("copy")
    assert copy.doubt == ("deployment.uses.distributed",)


def test_a_product_asks_once_for_all_its_deployments_as_far_as_the_one_that_stands_worst():
    key = duty_items(governed(LLAMA), deployment().uses)[0].key
    met = asked("one", LLAMA, evidence=(DutyEvidence(duty=key, told="a page"),), distributed=False)
    found = report("Chat", [met, asked("two", LLAMA, distributed=True)])
    (line,) = found.of("show")
    assert (line.deployments, line.standing) == (("one", "two"), "missing")
    assert report("Chat", [met]).of("show")[0].standing == "shown"
    assert [line.group for line in report("Chat", [met]).open] == ["name", "pass_on", "do"]


def test_licenses_that_bind_what_is_made_from_it_are_passed_on():
    (line,) = report("Chat", [asked("chat", SHARED)]).of("pass_on")
    assert line.demand == "Hand on what you make from it under this license only"
    assert line.asked_by == ("The shared License, section 6",)


def test_a_notice_names_each_model_and_license_with_the_phrases_that_they_require():
    child = asked("chat", terms("own"), LLAMA, distributed=True)
    assert report("Acme Chat", [child, child]).notice == (
        "Acme Chat\n\n"
        "acme/base\nThe own License\n\n"
        "up/1\nThe llama License, https://llama.example/license\nBuilt with Llama\nLlama is licensed.\n"
    )


def test_what_is_not_known_is_named_once():
    found = report("Chat", [asked(gaps=("acme/x: no license",)), asked(gaps=("acme/x: no license",))])
    assert (found.lines, found.gaps) == ((), ("acme/x: no license",))
