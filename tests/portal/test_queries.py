"""The number of queries of a page does not grow with its rows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.accounts.models import Role
from governance.compliance.models import Violation
from governance.licensing.models import Conclusion
from governance.registry.models import Edge, Model, Snapshot
from governance.usage.models import Company, Product
from tests.portal import cast

LARGEST = 120_000
PAGES = {
    "models": "/models/",
    "model": f"/models/huggingface/{cast.LLAMA}/",
    "files": f"/models/huggingface/{cast.LLAMA}/files/",
    "lineage": f"/models/huggingface/{cast.LLAMA}/lineage/",
    "history": f"/models/huggingface/{cast.LLAMA}/history/",
    "deployments": "/deployments/",
    "deployment": "/deployments/main-one/",
    "inbox": "/inbox/?tab=all",
    "violation": "/inbox/1/",
    "limits": "/usage/",
    "figures": "/usage/figures/",
    "companies": "/usage/companies/",
    "grants": "/grants/",
    "grant": "/grants/1/",
    "licenses": "/licenses/",
    "license": "/licenses/llama3.1/",
    "plugins": "/plugins/",
    "plugin": "/plugins/license.usage-threshold/",
    "jobs": "/jobs/",
    "deliveries": "/deliveries/",
    "subscriptions": "/subscriptions/",
}


def begin() -> None:
    product = cast.group()
    llama = cast.model()
    subject = cast.judged(cast.deployment("main-one", llama, product), cast.DISPLAY, decision="blocked")
    cast.violation(subject, pk=1)
    cast.grant(pk=1)
    Conclusion.objects.filter(snapshot=llama.latest_snapshot).update(disagreements=["one"])


def grow(numbers: range) -> None:
    """So many more rows of everything that a page lists."""
    llama, product = Model.objects.get(repo_id=cast.LLAMA), Product.objects.get(slug="chat")
    first = Violation.objects.get(pk=1)
    for number in numbers:
        parent = cast.model(f"x/m{number:02}", "mit")
        Edge.objects.create(
            snapshot=llama.latest_snapshot, parent=parent, parent_repo_id=parent.repo_id, relation="merge"
        )
        cast.blocked(f"chat-{number:02}", parent)
        extra = cast.judged(
            cast.deployment(f"own-{number:02}", llama, product), cast.FINE, decision="allowed"
        )
        cast.violation(extra)
        cast.waiver(first, cast.person(f"p{number}", Role.EDITOR))
        Snapshot.objects.create(
            model=llama, revision=f"{number:012x}", repo_id=llama.repo_id, synced_at=cast.NOW
        )
        cast.grant(reference=f"Contract {number}")
        cast.change(llama), cast.dead(number), cast.delivery(number), cast.subscription(number)
        cast.figure(f"{2000 + number}-01")
        company = Company.objects.create(slug=f"c{number}", name=f"C{number}")
        Product.objects.create(slug=f"p{number}", name=f"P{number}", company=company)


def queries(client: Client, address: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        answer = client.get(address)
    assert answer.status_code == 200
    assert len(answer.content) <= LARGEST
    return len(seen)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_needs_few_queries_however_many_rows_there_are(
    as_: Callable[[str], Client], name: str
) -> None:
    client = as_("adam")
    begin(), grow(range(3))
    client.get(PAGES[name])  # what a process looks up once, such as its migrations, is not counted
    few = queries(client, PAGES[name])
    grow(range(3, 30))
    assert queries(client, PAGES[name]) == few <= 30
