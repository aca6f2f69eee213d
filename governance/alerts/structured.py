"""What a message says, for programs: the JSON that channels other than mail may pass on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from governance.alerts.context import Context
from governance.alerts.models import Delivery

MOST_FINDINGS = 10


def structured(
    context: Context, delivery: Delivery, subject: str, words: Mapping[str, Any]
) -> dict[str, Any]:
    """`type` and `timestamp` of the event, `text` for who shows nothing else, and all of it in `data`."""
    event, sentence, link = delivery.event, context.sentence, words["link"]
    told = context.model_dump(mode="json", exclude={"url", "findings", "affected"})
    findings = context.findings[:MOST_FINDINGS]
    return {
        "type": event.kind,
        "timestamp": event.created_at.isoformat(),
        "text": f"{subject}\n{sentence}\n{link}",
        "data": {
            **told,
            "event": event.kind,
            "event_id": event.pk,
            "delivery_id": delivery.pk,
            "reference": words["reference"],
            "label": words["label"],
            "subject": subject,
            "link": link,
            "findings": [one.model_dump(mode="json") for one in findings],
            "findings_count": len(context.findings),
            "affected": [
                {**one.model_dump(mode="json", exclude={"url"}), "link": words["linked"](one.url)}
                for one in context.affected
            ],
            "affected_count": context.touched,
            "fixes": words["fixes"],
            "why": words["why_you"],
        },
    }
