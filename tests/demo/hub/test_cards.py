"""Front matter of cards, real and hostile."""

import pytest

from governance.demo.hub.cards import card_of, readme


def test_a_card_survives_its_readme() -> None:
    card = {"license": "other", "license_name": "llama4", "base_model": ["a/b", "c/d"], "language": "no"}
    assert card_of(readme("acme/m", card)) == card


@pytest.mark.parametrize(
    ("body", "card"),
    [
        (b"\xef\xbb\xbf---\r\nlicense: mit\r\n---\r\n# m", {"license": "mit"}),
        (b"\n\n---\nreleased: 2024-07-23\n---\n", {"released": "2024-07-23"}),
        (b"# no front matter", {}),
        (b"---\nlicense: mit\n", {}),
        (b"---\n- a\n- b\n---\n", {}),
        (b"---\nlicense: [mit\n---\n", {}),
        (b"---\na: &a [1]\nb: *a\n---\n", {}),
        (b"---\nlicense: !!python/object:os.system x\n---\n", {}),
        (b"---\na: " + b"[" * 5000 + b"\n---\n", {}),
        (b"\xff\xfe", {}),
        (b"", {}),
    ],
)
def test_front_matter(body: bytes, card: dict[str, object]) -> None:
    assert card_of(body) == card
