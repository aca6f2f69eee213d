"""History, changes, and the options of a hub."""

from datetime import UTC, datetime

import pytest

from governance.core.reading import SourceError, SourceState
from governance.demo.hub import Hub, faults
from plugins.sources.huggingface import HuggingFace
from tests.plugins.sources.cast import read, refused


def test_history_has_every_page(hub: Hub, source: HuggingFace) -> None:
    hub.page_size = 2
    commits = [hub.push("acme/m", {"n.txt": str(i).encode()}) for i in range(5)]
    history = source.history("acme/m", "main")
    assert list(history[:5]) == commits[::-1]
    assert len(history) == 7


def test_history_that_was_rewritten_lacks_the_old_commit(hub: Hub, source: HuggingFace) -> None:
    old = read(source).revision
    hub.rewrite_history("acme/m")
    assert old not in source.history("acme/m", "main")
    assert refused(source, revision=old).state is SourceState.REVISION_NOT_FOUND


def test_a_history_that_is_too_long_to_read_cannot_tell(hub: Hub, source: HuggingFace) -> None:
    hub.page_size = 1
    for i in range(25):
        hub.push("acme/m", {"n.txt": str(i).encode()})
    assert source.history("acme/m", "main") == ()
    assert hub.count("*/commits/*") == 20


@pytest.mark.parametrize("commits", [{}, [{}], [None], [{"id": "../x"}], "x"])
def test_a_history_that_is_none_is_refused(hub: Hub, source: HuggingFace, commits: object) -> None:
    hub.fail(faults.edited(lambda _: commits), "*/commits/*")
    with pytest.raises(SourceError):
        source.history("acme/m", "main")


def test_changes_since(hub: Hub, source: HuggingFace) -> None:
    hub.create("acme/old")
    hub.push("acme/m", {"n.txt": b"n"}, date=datetime(2026, 1, 2, tzinfo=UTC))
    hub.push("acme/old", {"n.txt": b"n"}, date=datetime(2025, 1, 2, tzinfo=UTC))
    assert list(source.changes(datetime(2026, 1, 1, tzinfo=UTC))) == ["acme/m"]


def test_changes_of_some_authors_only(hub: Hub, address: str) -> None:
    hub.create("other/m")
    since = datetime(2000, 1, 1, tzinfo=UTC)
    assert list(HuggingFace({"endpoint": address, "authors": ["other"]}).changes(since)) == ["other/m"]


def test_a_hostile_item_does_not_end_the_changes(hub: Hub, source: HuggingFace) -> None:
    hub.fail(faults.edited(lambda items: [None, 7, {"id": "../x"}, {"cardData": 1}, *items]), "/api/models")
    assert list(source.changes(datetime(2000, 1, 1, tzinfo=UTC))) == ["acme/m"]


def test_changes_end_after_some_pages(hub: Hub, source: HuggingFace) -> None:
    hub.page_size = 1
    for i in range(15):
        hub.create(f"acme/m{i}")
    assert len(list(source.changes(datetime(2000, 1, 1, tzinfo=UTC)))) == 10


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"endpoint": "ftp://hub"}, "endpoint"),
        ({"endpoint": "hub.example"}, "endpoint"),
        ({"endpoint": "http://user:secret@hub"}, "endpoint"),
        ({"endpoint": "https://hub?x=1"}, "endpoint"),
        ({"endpoint": "https://hub:99999"}, "endpoint"),
        ({"timeout": 0}, "timeout"),
        ({"timeout": "ten"}, "timeout"),
        ({"timeout": True}, "timeout"),
        ({"total_seconds": 1000}, "total_seconds"),
        ({"authors": "acme"}, "authors"),
        ({"authors": [7]}, "authors"),
        ({"token": "hf_a\r\nX-Admin: 1"}, "token"),
        ({"token": "hf_ä"}, "token"),
    ],
)
def test_options_that_cannot_work_are_refused_by_name(options: dict[str, object], says: str) -> None:
    with pytest.raises(SourceError, match=says) as caught:
        HuggingFace(options)
    assert "secret" not in str(caught.value)
    assert "hf_" not in str(caught.value)


def test_the_public_hub_is_the_default() -> None:
    assert HuggingFace({}).settings.endpoint == "https://huggingface.co"
    assert HuggingFace({}).settings.timeout == 10
