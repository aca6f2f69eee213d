"""Models registered by hand: what is declared is what is kept."""

from datetime import UTC, datetime

import pytest

from governance.core.reading import Known, SourceError, SourceState
from plugins.sources.manual import Manual

DECLARED = {
    "provider": "Acme AI",
    "version": "2026-01-15",
    "license": "acme-terms",
    "modalities": ["text", "image"],
}


def source(**changes: object) -> Manual:
    return Manual({"declaration": {**DECLARED, **changes}})


def test_a_declaration_is_a_reading() -> None:
    reading = source(license_link="https://acme.example/terms").read("acme/chat", "main", Known())
    assert (reading.source, reading.repo_id, reading.revision) == ("manual", "acme/chat", "2026-01-15")
    assert [(str(s.kind), s.value) for s in reading.statements] == [
        ("manual", "acme-terms"),
        ("license_link", "https://acme.example/terms"),
    ]
    assert reading.modalities == ("text", "image")
    assert (reading.gated, reading.custom_code, reading.files, reading.requests) == ("", None, (), 0)
    assert reading.raw["provider"] == "Acme AI"


def test_the_same_version_is_unchanged() -> None:
    assert source().read("acme/chat", "main", Known("2026-01-15")).unchanged
    assert not source(version="2026-02-01").read("acme/chat", "main", Known("2026-01-15")).unchanged


@pytest.mark.parametrize("revision", ["", "main", "2026-01-15"])
def test_the_declared_version_is_read(revision: str) -> None:
    assert source().read("acme/chat", revision, Known()).revision == "2026-01-15"


def test_another_version_is_not_there() -> None:
    with pytest.raises(SourceError) as caught:
        source().read("acme/chat", "2025", Known())
    assert caught.value.state is SourceState.REVISION_NOT_FOUND


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"provider": ""}, "declaration.provider"),
        ({"provider": "Acme\r\nBcc: x"}, "declaration.provider: must be one line"),
        ({"version": ""}, "declaration.version"),
        ({"version": "x" * 65}, "declaration.version"),
        ({"version": "a/b"}, "declaration.version"),
        ({"version": "v1\n"}, "declaration.version"),
        ({"version": 3}, "declaration.version"),
        ({"license": None}, "declaration.license"),
        ({"license": "two words"}, "declaration.license: must be one word of plain letters"),
        ({"license": "mіt"}, "declaration.license: must be one word of plain letters"),
        ({"license": ["mit"]}, "declaration.license"),
        ({"license": False}, "declaration.license"),
        ({"modalities": ["smell"]}, "declaration.modalities"),
        ({"modalities": "text"}, "declaration.modalities"),
        ({"gated": "yes"}, "declaration.gated"),
        ({"licence": "mit"}, "declaration.licence"),
    ],
)
def test_a_bad_declaration_is_refused_by_field(changes: dict[str, object], field: str) -> None:
    with pytest.raises(SourceError) as caught:
        source(**changes).read("acme/chat", "main", Known())
    assert caught.value.state is SourceState.INVALID
    assert str(caught.value).startswith(field)


@pytest.mark.parametrize("options", [{}, {"declaration": None}, {"declaration": "mit"}, {"declaration": {}}])
def test_a_missing_declaration_is_refused(options: dict[str, object]) -> None:
    with pytest.raises(SourceError, match="declaration"):
        Manual(options).read("acme/chat", "main", Known())


def test_nothing_changes_by_itself_and_no_network_is_used() -> None:
    assert list(source().changes(datetime(2000, 1, 1, tzinfo=UTC))) == []
    assert not Manual.network
