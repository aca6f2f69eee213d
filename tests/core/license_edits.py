"""Edits of license texts as they happen: harmless ones, and ones that change what is said.

Each takes a text and a source of chance and gives the edited text; None where there is no place for the edit.
"""

from __future__ import annotations

import html
import random
import re
import textwrap
from collections.abc import Callable

Edit = Callable[[str, random.Random], str | None]

WORD = re.compile(r"[A-Za-z]{4,}")
ODD_CLAUSE = (
    "The Licensee shall pay 5% of all gross receipts to the Zanzibar Lighthouse Trust every second Tuesday."
)
README = "# Grand Model\n\nA model that writes poems about the sea.\n\n## Use\n\nAsk it for a poem.\n\n"


def paragraphs(text: str) -> list[str]:
    return [one for one in re.split(r"\n[ \t]*\n+", text.replace("\r\n", "\n")) if one.strip()]


def _places(pattern: str, text: str) -> list[re.Match[str]]:
    """Where a pattern stands, but for lines that say who holds the rights, and MIT's place for a name."""
    notices = [one.span() for one in re.finditer(r"(?im)^.*\bcopyright\b.*$|THE\s+AUTHORS\s+OR", text)]
    found = re.finditer(pattern, text)
    return [one for one in found if not any(start <= one.start() < end for start, end in notices)]


def joined(parts: list[str]) -> str:
    return "\n\n".join(parts) + "\n"


def _wrapped(width: int) -> Edit:
    def edit(text: str, _: random.Random) -> str:
        return joined(
            [
                textwrap.fill(" ".join(part.split()), width, break_long_words=False)
                for part in paragraphs(text)
            ]
        )

    return edit


def _one_line(text: str, _: random.Random) -> str:
    return " ".join(text.split())


def _typographic(text: str, _: random.Random) -> str:
    opened = re.sub(r'(^|[\s(\[])"', r"\1“", text)
    return opened.replace('"', "”").replace("'", "’").replace(" - ", " — ")


def _ligatures(text: str, _: random.Random) -> str:
    return text.replace("ffi", "ﬃ").replace("fi", "ﬁ").replace("fl", "ﬂ")


def _spaces_that_do_not_break(text: str, chance: random.Random) -> str:
    return re.sub(r"(?<=\w) (?=\w)", lambda _: "\u00a0" if chance.random() < 0.3 else " ", text)


def _markdown(text: str, _: random.Random) -> str:
    first, *rest = paragraphs(text)
    return joined(
        [f"# {first.strip()}", *(f"**{part.split()[0]}** {' '.join(part.split()[1:])}" for part in rest)]
    )


def _html(text: str, _: random.Random) -> str | None:
    if re.search(r"</?[a-z]", text):
        return None
    parts = (html.escape(" ".join(part.split())) for part in paragraphs(text))
    body = "".join(f"<p class='c'>{part}</p>" for part in parts)
    head = "<!DOCTYPE html><html><head><style>p { margin: 0 }</style></head>"
    return f"{head}<body><div>{body}</div></body></html>"


def _comment(text: str, _: random.Random) -> str:
    return "\n".join(f" * {line}" for line in text.splitlines())


def _holder(text: str, _: random.Random) -> str:
    return f"Copyright (c) 2021-2026 Lighthouse Poems Inc.\nAll rights reserved.\n\n{text}"


def _bullets(text: str, _: random.Random) -> str:
    return re.sub(r"(?m)^(\s*)[-*•] ", r"\1• ", text)


def _misread(text: str, _: random.Random) -> str:
    return _typographic(text, _).replace("“", "â€œ").replace("’", "â€™").replace("”", "â€\x9d")


HARMLESS: dict[str, Edit] = {
    "wrapped at 60": _wrapped(60),
    "wrapped at 100": _wrapped(100),
    "on one line": _one_line,
    "windows line ends": lambda text, _: text.replace("\n", "\r\n"),
    "with a byte order mark": lambda text, _: "\ufeff" + text,
    "indented": lambda text, _: textwrap.indent(text, "    "),
    "in capitals": lambda text, _: text.upper() if len(text.upper()) == len(text) else text,
    "typographic": _typographic,
    "ligatures": _ligatures,
    "spaces that do not break": _spaces_that_do_not_break,
    "markdown": _markdown,
    "html": _html,
    "in a comment": _comment,
    "under another holder": _holder,
    "other bullets": _bullets,
    "read in the wrong encoding": _misread,
}


def _deleted(text: str, chance: random.Random) -> str | None:
    parts = paragraphs(text)
    end = next((at for at, part in enumerate(parts) if "END OF TERMS AND CONDITIONS" in part), len(parts))
    long = [at for at, part in enumerate(parts[:end]) if len(WORD.findall(part)) > 12]
    if len(long) < 2:
        return None
    at = chance.choice(long)
    return joined(parts[:at] + parts[at + 1 :])


def _number(text: str, chance: random.Random) -> str | None:
    found = _places(r"(?<=[a-z,] )\d+(?= [a-z])|(?<=[a-z] )[$€]?\d[\d,]+(?=[ ,.])", text)
    if not found:
        return None
    one = chance.choice(found)
    changed = re.sub(r"\d", lambda digit: str((int(digit.group()) + 1) % 10), one.group())
    return text[: one.start()] + changed + text[one.end() :]


def _swapped_word(old: str, new: str) -> Edit:
    def edit(text: str, chance: random.Random) -> str | None:
        found = _places(rf"\b{old}\b", text)
        if not found:
            return None
        one = chance.choice(found)
        return text[: one.start()] + new + text[one.end() :]

    return edit


def _party(text: str, chance: random.Random) -> str | None:
    found = _places(r"\b(?:Licensor|Licensee|Meta|Google|Tencent|Stability AI|Contributor|AUTHORS)\b", text)
    if not found:
        return None
    name = chance.choice(sorted({one.group() for one in found}))
    other = "Licensee" if name == "Licensor" else "Licensor"
    return re.sub(rf"\b{name}\b", other, text)


def _inserted(text: str, chance: random.Random) -> str:
    parts = paragraphs(text)
    at = chance.randrange(1, len(parts) + 1)
    return joined([*parts[:at], ODD_CLAUSE, *parts[at:]])


def _inside(text: str, chance: random.Random) -> str | None:
    ends = [one.end() for one in re.finditer(r"[a-z]{3}\. ", text)]
    return None if not ends else text[: (at := chance.choice(ends))] + ODD_CLAUSE + " " + text[at:]


def _any_word(text: str, chance: random.Random) -> str:
    one = chance.choice(_places(WORD.pattern, text))
    return text[: one.start()] + "lighthouse" + text[one.end() :]


def _missing_word(text: str, chance: random.Random) -> str:
    one = chance.choice(_places(WORD.pattern, text))
    return text[: one.start()] + text[one.end() :]


def truncated(tenths: int) -> Edit:
    return lambda text, _: text[: len(text) * tenths // 10]


def _noise(share: float) -> Edit:
    """Misread letters in so many of the words."""

    def edit(text: str, chance: random.Random) -> str:
        def spoiled(word: re.Match[str]) -> str:
            return (
                word.group()
                if chance.random() > share
                else word.group().replace("e", "c", 1).replace("m", "rn", 1)
            )

        return WORD.sub(spoiled, text)

    return edit


CHANGED: dict[str, Edit] = {
    "a paragraph deleted": _deleted,
    "a number changed": _number,
    "negated": _swapped_word("may", "may not"),
    "a duty turned": _swapped_word("must", "need not"),
    "shall turned": _swapped_word("shall", "shall not"),
    "a party renamed": _party,
    "a clause inserted": _inserted,
    "a clause inside a paragraph": _inside,
    "a clause behind": lambda text, _: f"{text.rstrip()}\n\n{ODD_CLAUSE}\n",
    "a clause before": lambda text, _: f"{ODD_CLAUSE}\n\n{text}",
    "another word": _any_word,
    "a word less": _missing_word,
    "noise in 1%": _noise(0.01),
    "noise in 5%": _noise(0.05),
    "in a README": lambda text, _: (
        f"{README}{text}\n\n## Thanks\n\nTo the keepers of the lighthouses of Zanzibar.\n"
    ),
    **{f"cut at {tenths} tenths": truncated(tenths) for tenths in range(1, 10)},
}
