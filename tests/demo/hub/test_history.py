"""What commits do to a repository."""

import pytest

from governance.demo.hub import Hub, Repository
from governance.demo.hub.history import amended, committed, squashed

EMPTY = Repository("acme/m", "66aa00000000000000000001")


def test_a_commit_holds_all_files_and_its_parent() -> None:
    first = committed(EMPTY, {"a.txt": b"a", "b.txt": b"b"})
    second = committed(first, {"a.txt": None, "w.bin": 10})
    head = second.commit("main")
    assert head is not None
    assert [(file.path, file.size) for file in head.files] == [("b.txt", 1), ("w.bin", 10)]
    assert [commit.id for commit in second.history("main")] == [head.id, first.branches["main"]]


def test_ids_are_the_same_on_every_machine() -> None:
    assert committed(EMPTY, {"a.txt": b"a"}) == committed(EMPTY, {"a.txt": b"a"})
    assert committed(EMPTY, {"a.txt": b"a"}).branches != committed(EMPTY, {"a.txt": b"b"}).branches


def test_card_and_readme_say_the_same() -> None:
    by_card = committed(EMPTY, {}, card={"license": "mit", "language": ["en"]})
    readme = by_card.commit("main").file("README.md").body
    assert committed(EMPTY, {"README.md": readme}).commit("main").card == by_card.commit("main").card


def test_a_commit_without_readme_keeps_the_card() -> None:
    both = committed(committed(EMPTY, {}, card={"license": "mit"}), {"a.txt": b"a"})
    assert both.commit("main").card == {"license": "mit"}
    assert committed(both, {"README.md": None}).commit("main").card == {}


def test_an_amended_head_keeps_its_id() -> None:
    first = committed(EMPTY, {"a.txt": b"a"})
    other = amended(first, {"LICENSE": b"text"})
    assert other.branches == first.branches
    assert other.commit("main").file("LICENSE").body == b"text"


def test_a_squash_leaves_one_commit() -> None:
    first = committed(committed(EMPTY, {"a.txt": b"a"}), {"b.txt": b"b"})
    one = squashed(first)
    assert len(one.commits) == 1
    assert one.commit("main").files == first.commit("main").files
    assert one.commit("main").id not in first.commits


def test_a_branch_that_is_not_there_is_named() -> None:
    with pytest.raises(KeyError, match="acme/m has no revision dev"):
        amended(committed(EMPTY, {}), {}, "dev")


def test_branches_move_and_tags_stay() -> None:
    hub = Hub([EMPTY])
    first = hub.push("acme/m", {"a.txt": b"a"})
    hub.tag("acme/m", "v1", first)
    second = hub.push("acme/m", {"a.txt": b"b"})
    hub.move_branch("acme/m", "dev", first)
    assert [hub["acme/m"].commit(name).id for name in ("main", "v1", "dev")] == [second, first, first]
