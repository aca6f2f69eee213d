"""Names of repositories and revisions: their form, and which model a name means now."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db.models.functions import Lower

from governance.core.sentences import shown
from governance.registry.models import Alias, CuratedEdge, Edge, Model, State

_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_])?"
_REPO_ID = re.compile(rf"(?:{_PART}/)?{_PART}")
_REF = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+@#=/-]*")
MAX_PART = 96
MAX_REF = 200


def is_repo_id(text: str) -> bool:
    """Whether it has the form `org/name` (or the older bare `name`) of a repository."""
    return (
        bool(_REPO_ID.fullmatch(text))
        and not any(mark in text for mark in ("--", ".."))
        and not text.endswith(".git")
        and all(len(part) <= MAX_PART for part in text.split("/"))
    )


def check_repo_id(text: object) -> str:
    if not isinstance(text, str) or not is_repo_id(text):
        raise ValidationError({"repo_id": [f"{shown(text)} is no repository id: use the form org/name."]})
    return text


def check_ref(text: object) -> str:
    if (
        not isinstance(text, str)
        or not _REF.fullmatch(text)
        or len(text) > MAX_REF
        or any(mark in text for mark in ("..", "@{", "//"))
        or text.endswith(("/", ".", ".lock"))
    ):
        raise ValidationError({"revision": [f"{shown(text)} is no branch, tag or commit id."]})
    return text


def model_named(source: str, endpoint: str, repo_id: str) -> Model | None:
    return models_named(source, endpoint, [repo_id]).get(repo_id.lower())


def models_named(source: str, endpoint: str, repo_ids: Iterable[str]) -> dict[str, Model]:
    """Name in lower case -> the model that it means, for those we track.

    Who bears a name now comes before who bore it earlier.
    """
    wanted = {
        repo_id.lower() for repo_id in repo_ids if "\x00" not in repo_id
    }  # no database can be asked for it
    live = Model.objects.filter(source=source, endpoint=endpoint).exclude(state=State.REPLACED)
    aliases = (
        Alias.objects.annotate(name=Lower("repo_id"))
        .filter(name__in=wanted, model__in=live)
        .select_related("model")
        .order_by("since", "id")
    )
    found = {alias.name: alias.model for alias in aliases}
    bearers = live.annotate(name=Lower("repo_id")).filter(name__in=wanted).order_by("-id")
    return found | {model.name: model for model in bearers}


def connect_children(model: Model, *names: str) -> None:
    """Tie edges that were stated or curated before their parent was tracked to it."""
    own = {name.lower() for name in names}
    for edges, child in ((Edge.objects, "snapshot__model"), (CuratedEdge.objects, "model")):
        same_hub = {f"{child}__source": model.source, f"{child}__endpoint": model.endpoint}
        loose = edges.annotate(name=Lower("parent_repo_id")).filter(parent=None, name__in=own)
        loose.filter(**same_hub).update(parent=model)
