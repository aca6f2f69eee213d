"""The mails as people get them: each kind, with ordinary and with awkward values."""

from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from governance.alerts.models import Delivery, Event, Kind
from governance.alerts.rendering import message_for
from governance.core.notifier import Message
from plugins.notifiers.email import Email
from tests.alerts.cast import CONTEXTS, FINDING, NOW, VIOLATION, mailed
from tests.servers import smtp

pytestmark = pytest.mark.django_db
TEMPLATES = Path(django_settings.BASE_DIR) / "templates" / "emails"
AWKWARD = "</title><script>alert(1)</script>{{ 7|add:1 }}{% now %}\r\nBcc: eve@example.org\n\n.\n\u202egpj"


@pytest.fixture(autouse=True)
def ann(settings):
    settings.ALERT_EMAILS = ["ann@example.org"]
    settings.SITE_URL = "https://steward.example.org"


class Page(HTMLParser):
    """Tags, links and visible text of a page; fails on tags that do not close."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.links: set[str] = set()
        self.text = ""
        self.feed(html)
        assert self.open == []

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.links |= {value for name, value in attrs if name in ("href", "src", "background")}
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text += data


def spaced(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.parametrize("kind", Kind)
def test_each_kind_has_its_three_templates_and_says_what_matters(kind):
    assert {path.name for path in (TEMPLATES / kind.value).iterdir()} == {
        "subject.txt",
        "body.txt",
        "body.html",
    }
    context, mail = CONTEXTS[kind], mailed(kind)
    page = Page(mail.html)
    assert mail.text.splitlines()[0] == context["sentence"]
    link = f"https://steward.example.org{context['url']}"
    assert page.links == {link}
    for text in (mail.text, spaced(page.text)):
        for part in ("What you can do", link, "What happens next", "Reference: E", "You get this because"):
            assert part in text
    assert context["object"] in mail.subject
    assert len(mail.subject) <= 150


@pytest.mark.parametrize("kind", Kind)
def test_text_is_tidy_and_neither_promises_nor_judges_law(kind):
    mail = mailed(kind)
    assert "\n\n\n" not in mail.text
    assert all(line == line.rstrip() for line in mail.text.splitlines())
    for word in ("compliant", "legal", "None", "{{", "{%", "oops"):
        assert word not in mail.text + mail.html + mail.subject
    assert mail.text.endswith("\n")


@pytest.mark.parametrize("kind", Kind)
def test_html_needs_nothing_from_elsewhere_and_suits_dark_screens(kind):
    html = mailed(kind).html
    assert not Page(html).tags & {"img", "script", "link", "iframe", "form"}
    assert "max-width: 568px" in html
    assert "prefers-color-scheme: dark" in html
    assert 'name="color-scheme" content="light dark"' in html


def test_a_violation_is_told_in_the_order_in_which_people_read():
    text = mailed(sentence="It is over the limit.").text
    parts = ["It is over the limit.", "Why", "in March 2025: 720,000,000", "700,000,000 (102.9 % of it)"]
    parts += ["Where it runs", "Environment: production", "EU, US", "Company: Acme", "Llama-4-Scout@3f2a9c1d"]
    parts += ["What you can do", "Ask Meta for a license", "What happens next", "stays “Blocked” until"]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("kind", "changed", "subject"),
    [
        (
            Kind.VIOLATION_OPENED,
            {"sentence": "Users 720,000,000 in March 2025 are over 700,000,000."},
            "[Blocked] chat-eu: Users 720,000,000 in March 2025 are over 700,000,000 (Llama 4, section 2)",
        ),
        (
            Kind.VIOLATION_WORSENED,
            {"sentence": "It is over.", "findings": []},
            "[Blocked] chat-eu got worse: It is over",
        ),
        (
            Kind.LIMIT_APPROACHING,
            {"sentence": "It is near."},
            "[97.6 %] chat-eu: It is near (Llama 4, section 2)",
        ),
        (Kind.WAIVER_EXPIRING, {"sentence": "It ends."}, "[Waiver ends 15 Apr 2025] chat-eu: It ends"),
        (Kind.WAIVER_EXPIRING, {"sentence": "It ends.", "until": None}, "[Waiver ends] chat-eu: It ends"),
    ],
)
def test_the_subject_carries_decision_object_and_reason(kind, changed, subject):
    assert mailed(kind, **changed).subject == subject


def test_a_long_sentence_is_cut_and_decision_object_and_clause_are_not():
    subject = mailed(sentence="Users " * 200 + ".").subject
    assert subject.startswith("[Blocked] chat-eu: Users Users")
    assert subject.endswith("… (Llama 4, section 2)")
    assert 140 <= len(subject) <= 150


def test_a_warning_says_that_the_decision_stays():
    mail = mailed(decision="allowed")
    assert mail.subject.startswith("[Warning] chat-eu")
    assert "The policy only warns here" in mail.text


def test_one_cause_in_many_deployments_is_one_mail_with_the_first_of_them():
    mail = mailed(Kind.UPSTREAM_CHANGED)
    for text in (mail.text, spaced(Page(mail.html).text)):
        assert "Deployments touched: 34" in text
        assert "chat-9: Blocked, production" in text
        assert "and 24 more" in text


def test_many_findings_are_told_in_part():
    findings = [{**FINDING, "reason": f"Reason {n}."} for n in range(14)]
    mail = mailed(findings=findings)
    assert "Reason 9." in mail.text
    assert "Reason 10." not in mail.text
    assert "and 4 more" in mail.text


def test_what_happens_next_may_be_told_by_the_event():
    mail = mailed(next="Meta answers until Friday.")
    assert "Meta answers until Friday." in mail.text
    assert "until the policy passes" not in mail.text


def test_opened_worsened_and_resolved_are_one_thread():
    kinds = (Kind.VIOLATION_OPENED, Kind.VIOLATION_WORSENED, Kind.VIOLATION_RESOLVED)
    mails = [mailed(kind, key=kind) for kind in kinds]
    assert len({mail.headers["References"] for mail in mails}) == 1
    assert len({mail.message_id for mail in mails}) == 3
    assert mailed(key="other", policy="x").headers["References"] != mails[0].headers["References"]


def test_the_headers_keep_robots_quiet_and_show_the_way_out():
    headers = mailed().headers
    assert headers["Auto-Submitted"] == "auto-generated"
    assert headers["List-Unsubscribe"].startswith("<")


@pytest.mark.parametrize("kind", Kind)
def test_awkward_values_stay_values(kind, tmp_path):
    names = ("sentence", "object", "model", "deployment", "policy", "next", "product", "resolution")
    context = dict.fromkeys(names, AWKWARD)
    finding = FINDING | dict.fromkeys(("reason", "license_name", "section"), AWKWARD) | {"missing": [AWKWARD]}
    finding |= {"how_to_fix": AWKWARD, "evidence": {"metric": AWKWARD, "limit": AWKWARD, "low": [AWKWARD]}}
    mail = mailed(kind, **context, findings=[finding], affected=[{"deployment": AWKWARD}], regions=[AWKWARD])
    assert "script" not in Page(mail.html).tags
    assert "{{ 7|add:1 }}{% now %}" in mail.text
    assert not [line for line in mail.text.splitlines() if line.startswith(("Bcc:", "."))]
    assert "\n" not in mail.subject
    Email({"folder": str(tmp_path)}).send("ann@example.org", mail)
    (file,) = tmp_path.iterdir()
    head = file.read_bytes().partition(b"\r\n\r\n")[0]
    assert not [line for line in head.split(b"\r\n") if line.lower().startswith(b"bcc")]


LINES = st.text(min_size=1, max_size=200).filter(lambda text: bool(text.split()))


@hypothesis_settings(max_examples=60, deadline=None)
@given(kind=st.sampled_from(Kind), sentence=LINES, object_=LINES, policy=st.text(max_size=100))
def test_any_words_make_a_mail(kind, sentence, object_, policy):
    context = {**VIOLATION, "sentence": f"x{sentence}", "object": f"x{object_}", "policy": policy}
    event = Event(pk=1, kind=kind, context=context, created_at=NOW)
    delivery = Delivery(pk=1, event=event, channel="email", recipient="ann@example.org", message_id="<a@b>")
    mail = message_for(delivery)
    assert isinstance(mail, Message)
    assert mail.subject.isprintable()
    assert len(mail.subject) <= 200


def test_a_mail_survives_its_journey():
    with smtp.server() as server:
        mail = mailed()
        Email({"host": smtp.HOST, "port": server.port, "timeout": 5}).send("ann@example.org", mail)
        (kept,) = server.wait_for(1)
    text, html = kept.message.iter_parts()
    assert kept.message["Subject"] == mail.subject
    assert kept.message["References"] == mail.headers["References"]
    assert text.get_content().splitlines() == mail.text.splitlines()
    assert spaced(Page(html.get_content()).text) == spaced(Page(mail.html).text)
