"""From an event and its recipient to the message, by the templates under templates/emails/<kind>/."""

from __future__ import annotations

import hashlib
import re
import uuid
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import css_inline
from django.conf import settings
from django.core import signing
from django.template import Context as TemplateContext
from django.template import Engine
from django.urls import NoReverseMatch, reverse

from governance.alerts.channels import secrets
from governance.alerts.context import Context, one_line
from governance.alerts.models import Delivery, Kind
from governance.alerts.recipients import EMAIL, why
from governance.alerts.structured import MOST_FINDINGS, structured
from governance.alerts.wording import OUTCOMES, clause, label, measure, shortened, where_rows
from governance.core.notifier import Message
from governance.core.spoken import sentence_case

SUBJECT_ROOM = 150
UNSUBSCRIBE_SALT = "governance.alerts.unsubscribe"
_HOST = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*")


def message_for(delivery: Delivery) -> Message:
    """The message; the same each time, except that a possible repeat says so."""
    kind, context = Kind(delivery.event.kind), Context.model_validate(delivery.event.context)
    words = _words(kind, context, delivery)
    subject = _subject(kind, context, words)
    return Message(
        message_id=delivery.message_id,
        subject=subject,
        text=_tidy(_rendered(kind, "body.txt", words)),
        html=_inlined(_rendered(kind, "body.html", words)),
        headers=_headers(context, delivery),
        data=structured(context, delivery, subject, words),
        secrets=secrets(delivery.channel, delivery.recipient),
    )


def message_id(event_key: str, channel: str, address: str) -> str:
    """The same for the same telling, whoever computes it and however often."""
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, f'{event_key}|{channel}|{address}')}@{_host()}>"


def address_in(token: str) -> tuple[str, str]:
    """(channel, address) of an unsubscribe token. Raises signing.BadSignature."""
    channel, address = signing.loads(token, salt=UNSUBSCRIBE_SALT)
    return channel, address


def _words(kind: Kind, context: Context, delivery: Delivery) -> dict[str, Any]:
    """All that the templates may use."""
    findings = [
        {"shown": one, "clause": clause(one), "measured": measure(one), "outcome": OUTCOMES[one.outcome]}
        for one in context.findings[:MOST_FINDINGS]
    ]
    affected = [
        {"shown": one, "decision": one.decision and sentence_case(one.decision)} for one in context.affected
    ]
    return {
        "event": context,
        "label": label(kind, context),
        "decision": context.decision and sentence_case(context.decision),
        "object": shortened(context.object, 60),
        "clause": findings[0]["clause"] if findings else "",
        "findings": findings,
        "findings_unlisted": len(context.findings) - len(findings),
        "where": where_rows(kind, context),
        "affected": affected,
        "link": _absolute(context.url),
        "linked": _absolute,
        "site": settings.SITE_URL,
        "previous": OUTCOMES.get(context.previous, context.previous),  # type: ignore[call-overload]
        "fixes": [] if kind is Kind.VIOLATION_RESOLVED else _fixes(context),
        "why_you": why(delivery.channel, delivery.recipient),
        "reference": f"E{delivery.event_id}-D{delivery.pk}",
    }


def _fixes(context: Context) -> list[str]:
    return list(dict.fromkeys(one.how_to_fix for one in context.findings if one.how_to_fix))[:3]


def _subject(kind: Kind, context: Context, words: dict[str, Any]) -> str:
    """Cut where the sentence is long, never where decision, object or clause stand."""
    frame = _rendered(kind, "subject.txt", {**words, "reason": ""})
    reason = shortened(context.sentence, SUBJECT_ROOM - len(one_line(frame)))
    return one_line(_rendered(kind, "subject.txt", {**words, "reason": reason}))


def _rendered(kind: Kind, name: str, words: dict[str, Any]) -> str:
    engine = _engine(autoescape=name.endswith(".html"))
    return engine.get_template(f"{kind.value}/{name}").render(TemplateContext(words, engine.autoescape))


@lru_cache
def _engine(*, autoescape: bool) -> Engine:
    """Engines of their own: text is not escaped, and no request or portal word gets in."""
    return Engine(dirs=[settings.BASE_DIR / "templates" / "emails"], autoescape=autoescape)


def _tidy(text: str) -> str:
    """What is left of the templates' own lines: no trailing spaces, one empty line at a time."""
    lines = "\n".join(line.rstrip() for line in text.splitlines())
    return re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"


def _inlined(html: str) -> str:
    """Mail programs drop style sheets; the rules for dark screens stay in one."""
    return css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True).inline(html)


def _headers(context: Context, delivery: Delivery) -> dict[str, str]:
    thread = hashlib.sha256(context.thread.encode()).hexdigest()[:32]
    headers = {
        "Auto-Submitted": "auto-generated",
        "References": f"<thread-{thread}@{_host()}>",
        **_unsubscribe(delivery),
    }
    if delivery.sends > 1:
        headers["X-Possible-Duplicate"] = "1"
    return headers


def _unsubscribe(delivery: Delivery) -> dict[str, str]:
    if delivery.channel != EMAIL:
        return {}
    token = signing.dumps([delivery.channel, delivery.recipient], salt=UNSUBSCRIBE_SALT)
    try:
        path = reverse("portal:unsubscribe", args=[token])
    except NoReverseMatch:  # without a page for it a person reads the wish
        return {"List-Unsubscribe": f"<mailto:{settings.NOTIFIER_OPTIONS['sender']}?subject=unsubscribe>"}
    return {
        "List-Unsubscribe": f"<{_absolute(path)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _absolute(url: str) -> str:
    return f"{settings.SITE_URL}{url}" if url.startswith("/") or not url else url


def _host() -> str:
    host = urlsplit(settings.SITE_URL).hostname or ""
    return host if _HOST.fullmatch(host) else "localhost"
