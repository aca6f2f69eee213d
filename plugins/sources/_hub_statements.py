"""What a model says of its license, its ancestors and what it handles: kept as stated, judged elsewhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from governance.core.reading import AncestorEdge, Relation, Statement, StatementKind
from governance.core.sentences import shown
from plugins.sources._hub_info import ModelInfo, is_model_id

MAX_ANCESTORS = 64
MAX_STATEMENTS = 64
MAX_VALUE = 500
HUB_ADDRESS = re.compile(r"https?://(?:www\.)?(?:huggingface\.co|hf\.co)/")
Card = Mapping[str, Any]

PIPELINES = {
    "text": "text-generation text2text-generation fill-mask question-answering table-question-answering "
    "token-classification text-classification zero-shot-classification sentence-similarity summarization "
    "translation text-ranking",
    "text image": "image-text-to-text image-to-text visual-question-answering document-question-answering "
    "text-to-image image-text-to-image zero-shot-image-classification zero-shot-object-detection "
    "visual-document-retrieval",
    "image": "image-classification object-detection image-segmentation depth-estimation image-to-image "
    "unconditional-image-generation mask-generation image-feature-extraction keypoint-detection",
    "text audio": "automatic-speech-recognition text-to-speech text-to-audio audio-text-to-text",
    "audio": "audio-classification audio-to-audio voice-activity-detection",
    "text video": "text-to-video video-text-to-text",
    "image video": "image-to-video",
    "text image video": "image-text-to-video",
    "video": "video-classification video-to-video",
}
"""Kinds of data in and out -> the Hub's pipelines. What is not here (`any-to-any`) is not known."""

LIBRARIES = {"timm": "image", "sentence-transformers": "text"}
"""Libraries that handle one kind of data only, for models that name no pipeline."""


def modalities(info: ModelInfo, card: Card) -> tuple[str, ...]:
    """By the pipeline, else by the tags that are names of pipelines, else by the library."""
    pipeline = info.text("pipeline_tag") or card.get("pipeline_tag")
    named = [pipeline] if pipeline else info.tags
    words = {word for word in named if isinstance(word, str)}
    kinds = {kind for key, names in PIPELINES.items() if words & set(names.split()) for kind in key.split()}
    library = info.text("library_name") or card.get("library_name")
    if not kinds and not pipeline and isinstance(library, str):
        kinds = set(LIBRARIES.get(library, "").split())
    return tuple(kind for kind in ("text", "image", "audio", "video") if kind in kinds)


def statements(info: ModelInfo, card: Card, problems: list[str]) -> tuple[Statement, ...]:
    """Every stated license but the LICENSE files; the same word in tag and card is one statement."""
    stated = [
        *(
            (StatementKind.TAG, tag.removeprefix("license:"))
            for tag in info.tags
            if tag.startswith("license:")
        ),
        *((StatementKind.TAG, value) for value in _stated(card, "license", problems)),
        *((StatementKind.LICENSE_NAME, value) for value in _stated(card, "license_name", problems)),
        *((StatementKind.LICENSE_LINK, value) for value in _stated(card, "license_link", problems)),
        *((StatementKind.GGUF, value) for value in _gguf(info)),
    ]
    different = [Statement(kind, value[:MAX_VALUE]) for kind, value in dict.fromkeys(stated) if value.strip()]
    if len(different) > MAX_STATEMENTS:
        problems.append(f"The model states {len(different)} licenses; the first {MAX_STATEMENTS} are kept.")
    return tuple(different[:MAX_STATEMENTS])


def _stated(card: Card, name: str, problems: list[str]) -> Iterator[str]:
    """The values under `name`. What is no text stays visible as what it is, and reads as no license id."""
    value = card.get(name)
    for item in value if isinstance(value, list) else [value]:
        if isinstance(item, str):
            yield item
        elif item is not None:
            yield f"{json.dumps(item)[:100]} ({KINDS.get(type(item), 'a structure')}, no text)"
            problems.append(f"The card's {name} is {shown(json.dumps(item))}, which is no text.")


KINDS = {bool: "a truth value", int: "a number", float: "a number"}


def _gguf(info: ModelInfo) -> Iterator[str]:
    gguf = info.answer.get("gguf")
    if isinstance(gguf, dict):
        values = (gguf.get("general.license"), gguf.get("license"))
        yield from (value for value in values if isinstance(value, str))


def ancestors(info: ModelInfo, card: Card, problems: list[str]) -> tuple[AncestorEdge, ...]:
    """Every ancestor that tags, card or `baseModels` name, each as often as it is stated differently.

    Where the relation is stated in one place, a bare mention in another adds nothing.
    """
    edges = [*_from_tags(info.tags), *_from_card(card), *_from_base_models(info.answer.get("baseModels"))]
    related = {edge.repo_id for edge in edges if edge.relation is not Relation.UNKNOWN}
    telling = [edge for edge in edges if edge.relation is not Relation.UNKNOWN or edge.repo_id not in related]
    good = [edge for edge in dict.fromkeys(telling) if _is_ancestor(edge, info, problems)]
    if len(good) > MAX_ANCESTORS:
        problems.append(f"The model names {len(good)} ancestors; the first {MAX_ANCESTORS} are kept.")
    return tuple(good[:MAX_ANCESTORS])


def _is_ancestor(edge: AncestorEdge, info: ModelInfo, problems: list[str]) -> bool:
    if not is_model_id(edge.repo_id):
        problems.append(f"A base model is stated as {shown(edge.repo_id)}, which is no model id.")
        return False
    return edge.repo_id != info.repo_id


def _from_tags(tags: Iterable[str]) -> list[AncestorEdge]:
    """`base_model:<id>` and `base_model:<relation>:<id>`."""
    parts = [tag.split(":", 2) for tag in tags if tag.startswith("base_model:")]
    return [AncestorEdge(part[-1], _relation(part[1]), "tag") for part in parts]


def _from_card(card: Card) -> list[AncestorEdge]:
    value = card.get("base_model")
    relation = _relation(card.get("base_model_relation"))
    values = value if isinstance(value, list) else [value]
    return [AncestorEdge(_named(item), relation, "card") for item in values if item not in (None, "")]


def _from_base_models(value: Any) -> list[AncestorEdge]:
    """A dict `{relation, models: [{id}]}` on the wire; documented, and served by some, as a list of ids."""
    relation, models = Relation.UNKNOWN, value
    if isinstance(value, dict):
        relation, models = _relation(value.get("relation")), value.get("models")
    items = models if isinstance(models, list) else []
    ids = [item.get("id") if isinstance(item, dict) else item for item in items]
    return [AncestorEdge(_named(item), relation, "base_models") for item in ids]


def _named(value: Any) -> str:
    """The id as stated, without the Hub's address before it, as some cards have; never an id for no text."""
    text = value if isinstance(value, str) else f"<{json.dumps(value)}>"
    return HUB_ADDRESS.sub("", text.strip())[:MAX_VALUE]


def _relation(value: Any) -> Relation:
    return Relation(value) if value in list(Relation) else Relation.UNKNOWN
