"""Takes HTML and Markdown out of a text. Every pattern runs in time linear in the text, whatever it holds."""

from __future__ import annotations

import html
import re

_BLOCK = (
    "address|article|aside|blockquote|body|br|center|dd|div|dl|dt|footer|form|h[1-6]|head|header|hr|html|li|link|"
    "main|meta|nav|ol|p|pre|section|table|tbody|td|tfoot|th|thead|title|tr|ul"
)
_INLINE = (
    "a|abbr|b|big|button|cite|code|details|em|font|i|img|input|kbd|label|mark|q|s|samp|small|span|strong|sub|"
    "summary|sup|svg|tt|u|var"
)
_BLOCK_TAG = re.compile(rf"</?(?:{_BLOCK})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_INLINE_TAG = re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]*)?/?>|<![a-z][^<>]*>", re.IGNORECASE)
_ANY_TAG = re.compile(rf"</?(?:{_BLOCK}|{_INLINE}|script|style)\b|<!", re.IGNORECASE)
_LINK = re.compile(r"\[([^\[\]]{0,500})\]\(((?:https?:|#)[^()]{0,2000}|[^()\s]{0,2000})\)")
_LETTERS = re.compile(r"[^\W_]+")
_HIDDEN = (("<!--", "-->"), ("<script", "</script>"), ("<style", "</style>"))


def without_markup(text: str) -> str:
    """The text that a reader of the rendered page sees; blocks of HTML are apart by an empty line.

    Angle brackets that are no tags of HTML (`<year>`, addresses) stay.
    """
    if "<" in text and _ANY_TAG.search(text):
        text = _without_tags(text)
    if "&" in text:
        text = html.unescape(text).replace("\xa0", " ")
    return _LINK.sub(_linked, text) if "](" in text else text


def _linked(link: re.Match[str]) -> str:
    """The text of a link, with its target where that says something else."""
    text, target = link.groups()
    letters = [word for word in _LETTERS.findall(target) if word not in ("http", "https")]
    if target.startswith("#") or letters == [word for word in _LETTERS.findall(text) if word[:4] != "http"]:
        return text
    return f"{text} ({target})"


def _without_tags(text: str) -> str:
    lowered = text.lower()
    for start, end in _HIDDEN:
        if start in lowered and len(lowered) == len(text):
            text = _cut(text, lowered, start, end)
            lowered = text.lower()
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub("\n\n", text))


def _cut(text: str, lowered: str, start: str, end: str) -> str:
    """Without what stands between start and end; what is never closed stays."""
    kept, at = [], 0
    while (begin := lowered.find(start, at)) >= 0 and (stop := lowered.find(end, begin)) >= 0:
        kept.append(text[at:begin])
        at = stop + len(end)
    return " ".join((*kept, text[at:]))
