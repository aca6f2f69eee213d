"""Events as the pipeline announces them, and the mails that become of them."""

from __future__ import annotations

from datetime import UTC, datetime

from governance.alerts import services
from governance.alerts.models import Kind

NOW = datetime(2025, 4, 2, 12, tzinfo=UTC)
FINDING = {
    "policy": "license.usage-threshold",
    "outcome": "fail",
    "reason": "Users of Acme and its affiliates were 720,000,000 in March 2025, more than 700,000,000: "
    "this needs a license from Meta.",
    "license": "llama4",
    "license_name": "Llama 4",
    "section": "2",
    "evidence": {
        "metric": "monthly_active_users",
        "period": "2025-03",
        "low": 720_000_000,
        "high": 720_000_000,
        "limit": 700_000_000,
        "comparator": ">",
        "currency": "",
    },
    "how_to_fix": "Ask Meta for a license and record it as a grant.",
    "missing": [],
}
NEAR = {
    **FINDING,
    "outcome": "pass",
    "reason": "Users of Acme were 683,000,000 in March 2025, near but within the limit of 700,000,000.",
    "evidence": {**FINDING["evidence"], "low": 683_000_000, "high": 683_000_000, "standing": "approaching"},
}
WHERE = {
    "deployment": "chat-eu",
    "environment": "production",
    "regions": ["EU", "US"],
    "product": "Chat",
    "company": "Acme",
    "model": "meta-llama/Llama-4-Scout@3f2a9c1d",
    "policy": "license.usage-threshold",
}
VIOLATION = {
    **WHERE,
    "sentence": FINDING["reason"],
    "object": "chat-eu",
    "url": "/deployments/chat-eu/",
    "decision": "blocked",
    "findings": [FINDING],
}
AFFECTED = [
    {"deployment": f"chat-{n}", "environment": "production", "decision": "blocked", "url": f"/d/{n}/"}
    for n in range(10)
]
CONTEXTS = {
    Kind.VIOLATION_OPENED: VIOLATION,
    Kind.VIOLATION_WORSENED: {**VIOLATION, "previous": "review"},
    Kind.VIOLATION_RESOLVED: {
        **VIOLATION,
        "sentence": "license.usage-threshold is breached no more: the policy passes.",
        "decision": "allowed_with_duties",
        "resolution": "the policy passes",
    },
    Kind.LIMIT_APPROACHING: {
        **VIOLATION,
        "sentence": NEAR["reason"],
        "decision": "allowed",
        "findings": [NEAR],
    },
    Kind.UPSTREAM_CHANGED: {
        "sentence": "The license of meta-llama/Llama-4-Scout changed from llama4 to cc-by-nc-4.0.",
        "object": "meta-llama/Llama-4-Scout",
        "model": "meta-llama/Llama-4-Scout@3f2a9c1d",
        "url": "/models/huggingface/meta-llama/Llama-4-Scout/",
        "affected": AFFECTED,
        "affected_count": 34,
    },
    Kind.WAIVER_EXPIRING: {
        **VIOLATION,
        "sentence": "The waiver of license.usage-threshold for chat-eu ends in less than 14 days.",
        "until": "2025-04-15T22:00:00Z",
    },
    Kind.WORK_DEAD: {
        "sentence": "Work of kind sync failed 3 times and was given up: the hub answered nonsense.",
        "object": "sync 7:main",
        "url": "/jobs/",
    },
    Kind.WORK_STUCK: {
        "sentence": "No worker was heard of for 90 seconds.",
        "object": "worker",
        "url": "/jobs/",
        "findings": [
            {
                "outcome": "error",
                "reason": "Worker: no worker was heard of for 90 seconds.",
                "how_to_fix": "Start one: manage.py worker.",
            }
        ],
    },
    Kind.WORK_RESUMED: {
        "sentence": "Well again: worker, after 4 minutes.",
        "object": "worker",
        "url": "/jobs/",
    },
}


def announced(kind=Kind.VIOLATION_OPENED, *, key="opened:1", environment="", **changed):
    context = {**CONTEXTS[kind], **changed}
    return services.announce(kind=kind, key=key, context=context, environment=environment, now=NOW)


def mailed(kind=Kind.VIOLATION_OPENED, **changed):
    """The message to the first recipient."""
    (delivery, *_) = announced(kind, **changed)
    services.begin_send(delivery)
    return services.render(delivery)
