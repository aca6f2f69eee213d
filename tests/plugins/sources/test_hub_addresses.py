"""Where a hub may send us, and what is asked there."""

import pytest

from plugins.sources._hub_addresses import may_follow, renamed, same_origin

HUB = "https://huggingface.co"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (HUB, "https://huggingface.co:443/x", True),
        (HUB, "https://HuggingFace.co/x", True),
        (HUB, "http://huggingface.co/x", False),
        (HUB, "https://huggingface.co.evil.example/x", False),
        (HUB, "https://huggingface.co@evil.example/x", False),
        ("http://127.0.0.1:80", "http://127.0.0.1", True),
        ("http://127.0.0.1", "http://localhost", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001", False),
        ("nonsense", "nonsense", False),
        ("http://x:port/", "http://x:port/", False),
    ],
)
def test_same_origin(one: str, other: str, same: bool) -> None:
    assert same_origin(one, other) is same


@pytest.mark.parametrize(
    ("endpoint", "target", "elsewhere", "followed"),
    [
        (HUB, HUB + "/api/models/new", False, True),
        (HUB, "https://cdn.example/file", False, False),
        (HUB, "https://cdn.example/file", True, True),
        (HUB, "http://cdn.example/file", True, False),
        (HUB, "https://127.0.0.1/file", True, False),
        (HUB, "https://[::1]/file", True, False),
        (HUB, "https://169.254.169.254/latest/meta-data/", True, False),
        (HUB, "https://10.0.0.8/file", True, False),
        (HUB, "https://localhost/file", True, False),
        (HUB, "https://redis/file", True, False),
        (HUB, "https://x.internal/file", True, False),
        (HUB, "file:///etc/passwd", True, False),
        (HUB, "gopher://127.0.0.1:6379/_PING", True, False),
        ("http://127.0.0.1:8000", "http://localhost:8001/file", True, True),
        ("http://hub.internal", "http://store.internal/file", True, True),
    ],
)
def test_redirects(endpoint: str, target: str, elsewhere: bool, followed: bool) -> None:
    assert may_follow(endpoint, target, elsewhere=elsewhere) is followed


@pytest.mark.parametrize(
    ("asked", "target", "next_asked"),
    [
        ("a/b/revision/main?blobs=true", "c/d", "c/d/revision/main?blobs=true"),
        ("a/b/revision/refs%2Fpr%2F1?x=1", "c/d", "c/d/revision/refs%2Fpr%2F1?x=1"),
        ("gpt2/revision/main", "openai/gpt2", "openai/gpt2/revision/main"),
        ("a/b/revision/main?x=1", "c/d/revision/main", "c/d/revision/main?x=1"),
        ("a/b/revision/m?x=1", "c/d/revision/m?x=1", "c/d/revision/m?x=1"),
        ("a/b/auth-check", "c/d", "c/d/auth-check"),
    ],
)
def test_a_rename_keeps_the_question(asked: str, target: str, next_asked: str) -> None:
    models = HUB + "/api/models/"
    assert renamed(models + asked, models + target) == models + next_asked
