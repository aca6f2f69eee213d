"""What the tests of the sources say again and again."""

import json

import pytest

from governance.core.reading import Known, Reading, SourceError
from governance.demo.hub import Hub, faults
from plugins.sources.huggingface import HuggingFace

INFO = "/api/models/*/revision/*"
NOTHING = Known()


def read(source: HuggingFace, model: str = "acme/m", revision: str = "main") -> Reading:
    return source.read(model, revision, NOTHING)


def stated(reading: Reading) -> list[tuple[str, str]]:
    return [(str(statement.kind), statement.value) for statement in reading.statements]


def refused(source: HuggingFace, model: str = "acme/m", revision: str = "main") -> SourceError:
    with pytest.raises(SourceError) as caught:
        source.read(model, revision, NOTHING)
    return caught.value


def edit(hub: Hub, **keys: object) -> None:
    """The answer for the model has these keys instead."""
    hub.fail(faults.edited(lambda info: {**info, **keys}), INFO)


def drop(hub: Hub, *keys: str) -> None:
    hub.fail(faults.edited(lambda info: {k: v for k, v in info.items() if k not in keys}), INFO)


def check_types(reading: Reading) -> None:
    for name in ("asked_id", "repo_id", "hub_id", "ref", "revision", "gated"):
        assert isinstance(getattr(reading, name), str)
    assert reading.gated in ("", "auto", "manual", "unstated")
    assert isinstance(reading.private, bool)
    assert isinstance(reading.disabled, bool)
    for file in reading.files:
        assert isinstance(file.path, str)
        assert file.size is None or (type(file.size) is int and file.size >= 0)
    assert all(isinstance(s.value, str) and s.value for s in reading.statements)
    assert all(isinstance(edge.repo_id, str) and edge.repo_id for edge in reading.ancestors)
    assert set(reading.modalities) <= {"text", "image", "audio", "video"}
    assert reading.custom_code in (True, False, None)
    assert all(isinstance(problem, str) and problem.isprintable() for problem in reading.problems)
    json.dumps(reading.raw, allow_nan=False)
