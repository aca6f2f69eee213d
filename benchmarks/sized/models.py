"""P2: CPU of the first page of the list of models, with each filter, beside MLflow's search. JSON.

Ours is `GET /api/v1/models/` with 50 rows; the peer's `registered-models/search` with 50 rows, by itself, by
a part of the name and by a tag. Both are served and measured as in P1, and asked in turn. Decisions of the
models are written here and not judged: one in a hundred is blocked, two need review, the others are allowed.
"""

from __future__ import annotations

import json
import os
from urllib.parse import quote

import django

from benchmarks.rig import peer
from benchmarks.rig.rounds import alternate, ratio
from benchmarks.rig.serving import ours, size, theirs

MIXES = ("models",)
GOALS = {"growth_from_10k_to_100k": 1.2, "times_less_server_cpu": 40}
ROUNDS, SECONDS = 3, 1.5
SEARCH = "/api/2.0/mlflow/registered-models/search?max_results=50"
EVERY = 100
SHARES = (("blocked", {0}), ("needs_review", {1, 2}))
"""Decision -> which of each hundred models bear it."""


def asked() -> dict[str, str]:
    """What is asked of ours -> the path."""
    last = size() - 1
    questions = {
        "all": "",
        "source": "?source=manual",
        "state": "?state=available",
        "license": "?license=mit",
        "decision, of most": "?decision=allowed",
        "decision, of one in a hundred": "?decision=blocked",
        "search, in all": "?search=model",
        "search, in one in a hundred": "?search=-77",
        "search, in one": f"?search=model-{last}",
        "name": f"?repo_id=seed-0/model-{last}",
    }
    return {name: f"/api/v1/models/{query}" for name, query in questions.items()}


def asked_of_peer() -> dict[str, str]:
    last = peer.NAME.format(size() - 1)
    filters = {"all": "", "search, in one": f"name LIKE '%{last[4:]}'", "license": "tags.license = 'mit'"}
    return {name: f"{SEARCH}&filter={quote(text)}" if text else SEARCH for name, text in filters.items()}


def decide() -> None:
    """As judging would have done, at once; nothing is left to be judged while we measure."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "governance.settings"
    django.setup()
    from django.db.models import F
    from django.utils import timezone

    from governance.compliance.models import Case, Subject
    from governance.pipeline.models import Work

    Work.objects.filter(state=Work.State.DUE).update(state=Work.State.DONE)
    Case.objects.update(judged_at=timezone.now(), judged_changes=F("changes"))
    Subject.objects.update(decision="allowed", settled=True, decided=True)
    rows = Subject.objects.filter(model__isnull=False)
    for decision, marks in SHARES:
        rows.annotate(mark=F("model_id") % EVERY).filter(mark__in=marks).update(decision=decision)


def main() -> None:
    decide()
    with ours() as one, theirs(size()) as other:
        sides = {f"ours: {name}": one.side([path], SECONDS, 50) for name, path in asked().items()}
        sides |= {
            f"mlflow: {name}": other.side([path], SECONDS, 10) for name, path in asked_of_peer().items()
        }
        told = alternate(sides, ROUNDS)
    cpu = {name: row["server_cpu_ms"] for name, row in told.items()}
    less = {name: ratio(cpu[f"mlflow: {name}"], cpu[f"ours: {name}"]) for name in asked_of_peer()}
    whole = {name: row["server_cpu_ms"] + row.get("database_cpu_ms", 0.0) for name, row in told.items()}
    both = {name: ratio(whole[f"mlflow: {name}"], whole[f"ours: {name}"]) for name in asked_of_peer()}
    answer = {"name": "P2 the list of models", "asked": told, "times_less_server_cpu": less}
    print(json.dumps({**answer, "times_less_cpu_with_database": both, "goals": GOALS}))


if __name__ == "__main__":
    main()
