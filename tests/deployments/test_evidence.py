"""What shows that a duty is met: what may be given, what is refused by name, and for how long it counts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from governance.core.duty_items import duty_items
from governance.core.facts import Uses
from governance.core.license_text import text_identity
from governance.core.periods import midnight
from governance.deployments import evidence, services
from governance.deployments.models import Deployment, Evidence
from governance.registry.models import File, Model, Ref, Snapshot, State, Text
from tests.plugins.policies.cast import governed, terms
from tests.usage.cast import cast, faults

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TODAY = date(2026, 3, 10)
PHRASE = "Built with Llama"
LICENSE = "You may use the work.\n\nYou must be kind."


def _items():
    duties = [
        {"kind": "display", "section": "1.b", "trigger": "always", "phrase": PHRASE},
        {"kind": "license_copy", "section": "2", "trigger": "always"},
        {"kind": "use_policy", "section": "3", "trigger": "always"},
        {"kind": "name_prefix", "section": "4", "trigger": "always", "phrase": "Llama"},
    ]
    return duty_items(governed(terms("some", duties=duties)), Uses())


DISPLAY, COPY, POLICY, PREFIX = _items()


@pytest.fixture
def chat() -> Deployment:
    cast()
    model = Model.objects.create(
        source="huggingface", repo_id="meta/llama", state=State.AVAILABLE, state_since=NOW
    )
    point(model, "a" * 40)
    body = {"slug": "chat", "model": "meta/llama", "product": "chat", "environment": "production"}
    return services.save_deployment(data=body, actor="user:alice", now=NOW)[0]


def point(model: Model, revision: str) -> Snapshot:
    snapshot = Snapshot.objects.create(model=model, revision=revision, repo_id=model.repo_id, synced_at=NOW)
    for path, text in (("LICENSE", LICENSE), ("NOTICE", f"Acme\n{PHRASE}"), ("USE.md", ""), ("a.bin", "")):
        File.objects.create(snapshot=snapshot, path=path)
        if text:
            identity = text_identity(text)
            Text.objects.create(snapshot=snapshot, path=path, sha256="f" * 64, identity=identity, text=text)
    Ref.objects.update_or_create(model=model, name="main", defaults={"snapshot": snapshot, "seen_at": NOW})
    model.latest_snapshot = snapshot
    model.save()
    return snapshot


def license_of(text: Text) -> str:
    return "some" if text.identity == text_identity(LICENSE) else ""


def give(deployment, item=DISPLAY, **fields) -> Evidence:
    return evidence.give(
        deployment=deployment,
        items=_items(),
        data={"deployment": "chat", "duty": item.key, **fields},
        license_of=license_of,
        actor="user:eve",
        now=NOW,
    )


def counting(deployment):
    deployment.refresh_from_db()
    return evidence.evidence_facts([deployment]).get(deployment.pk, ())


@pytest.mark.parametrize(
    ("item", "fields", "until"),
    [
        (DISPLAY, {"text": f"About us\n\n{PHRASE.replace(' ', chr(10))}."}, None),
        (DISPLAY, {"text": PHRASE, "recheck_on": "2026-03-11"}, date(2026, 3, 11)),
        (DISPLAY, {"file": "NOTICE"}, None),
        (DISPLAY, {"statement": "On the box.", "recheck_on": "2027-01-01"}, date(2027, 1, 1)),
        (COPY, {"file": "LICENSE"}, None),
        (POLICY, {"file": "USE.md"}, None),
        (POLICY, {"text": "Our users agree to it."}, None),
    ],
)
def test_what_is_seen_at_once_counts_at_once(chat, item, fields, until):
    give(chat, item, **fields)
    (fact,) = counting(chat)
    assert fact.duty == item.key
    assert fact.until == (midnight(until) if until else None)
    assert fact.holds(NOW)


@pytest.mark.parametrize(
    ("item", "fields", "field", "cause"),
    [
        (DISPLAY, {}, "evidence", "exactly one; given are none"),
        (DISPLAY, {"text": PHRASE, "file": "NOTICE"}, "evidence", "given are file and text"),
        (DISPLAY, {"text": "Built with llama"}, "text", "does not hold “Built with Llama”"),
        (DISPLAY, {"text": " "}, "text", "must not be empty"),
        (DISPLAY, {"file": "LICENSE"}, "file", "does not hold “Built with Llama”"),
        (DISPLAY, {"file": "USE.md"}, "file", "was not read"),
        (
            DISPLAY,
            {"file": "../NOTICE"},
            "file",
            "is not in meta/llama@aaaaaaaaaaaa; there are LICENSE, NOTICE",
        ),
        (COPY, {"file": "NOTICE"}, "file", "is not the whole text of some"),
        (COPY, {"file": "USE.md"}, "file", "was not read"),
        (PREFIX, {"text": "Llama"}, "duty", "is met by the published_name"),
        (DISPLAY, {"duty": "nothing", "text": PHRASE}, "duty", "is no duty of this deployment"),
        (DISPLAY, {"duty": ["x"], "text": PHRASE}, "duty", "is no duty of this deployment"),
        (DISPLAY, {"statement": "Done."}, "recheck_on", "is needed"),
        (DISPLAY, {"statement": "Done.", "recheck_on": "2026-03-10"}, "recheck_on", "must lie after today"),
        (DISPLAY, {"text": PHRASE, "on": "2026-03-11"}, "on", "lies in the future"),
        (DISPLAY, {"url": "http://10.0.0.1/"}, "url", "no public address"),
        (DISPLAY, {"url": "about.html"}, "url", "must begin with https://"),
        (DISPLAY, {"text": PHRASE, "when": 1}, "when", "is no field"),
    ],
)
def test_what_shows_nothing_is_refused_by_name(chat, item, fields, field, cause):
    refusal = faults(lambda: give(chat, item, **fields))
    assert cause in " ".join(refusal[field])
    assert not Evidence.objects.exists()


def test_a_file_says_nothing_of_another_revision(chat):
    give(chat, file="NOTICE")
    point(chat.model, "b" * 40)
    services.follow(model=chat.model, now=NOW)
    assert [fact.outdated for fact in counting(chat)] == [True]


def test_before_a_model_was_read_no_file_of_it_can_be_shown(chat):
    chat.snapshot = None
    assert "was not read yet" in faults(lambda: give(chat, file="NOTICE"))["file"][0]


def test_what_was_withdrawn_counts_no_longer_and_stays_on_record(chat):
    given = give(chat, text=PHRASE)
    for _ in range(2):
        evidence.withdraw(evidence=given, actor="user:ada", now=NOW)
    assert counting(chat) == ()
    assert (given.withdrawn_by, given.withdrawn_at) == ("user:ada", NOW)


def test_a_page_counts_only_once_it_was_seen_and_then_for_as_long_again(chat):
    page = give(chat, url="https://acme.test/about", recheck_on="2026-03-20")
    assert counting(chat) == ()
    later = NOW + timedelta(days=3)
    assert evidence.saw_page(evidence=page, text=f"x {PHRASE} y", phrases=[PHRASE], now=later)
    assert [fact.until for fact in counting(chat)] == [midnight(date(2026, 3, 23))]
    assert not evidence.saw_page(evidence=page, text="gone", phrases=[PHRASE], now=later)
    assert counting(chat) == ()
    assert page.fault == "The page does not hold “Built with Llama”."


def test_a_page_that_is_out_for_a_while_counts_until_its_day(chat):
    page = give(chat, url="https://acme.test/about")
    evidence.saw_page(evidence=page, text=PHRASE, phrases=[PHRASE], now=NOW)
    until = TODAY + timedelta(days=evidence.PAGE_DAYS)
    evidence.saw_nothing(evidence=page, fault="The page answered 503.", now=NOW + timedelta(days=89))
    assert [fact.until for fact in counting(chat)] == [midnight(until)]
    evidence.saw_nothing(evidence=page, fault="The page answered 503.", now=NOW + timedelta(days=90))
    assert counting(chat) == ()


def test_a_page_that_was_never_seen_does_not_show_anything(chat):
    page = give(chat, url="https://acme.test/about")
    evidence.saw_nothing(evidence=page, fault="The page answered 404.", now=NOW)
    assert (page.state, page.fault) == ("failed", "The page answered 404.")
