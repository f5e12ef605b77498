"""Mastodon's HTML turned back into the text that was sent."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser

_REMOTE_MENTION = re.compile(r"(@\w+)@[\w.-]+\w")


def text_of(content: str) -> str:
    """The words of a status: breaks are white space, shortened links are whole again."""
    reader = _Reader()
    reader.feed(content)
    reader.close()
    return "".join(reader.words)


def comparable(text: str) -> str:
    """The text without what servers change: white space, hosts of mentions, a link's last slash."""
    composed = unicodedata.normalize("NFC", text)
    words = _REMOTE_MENTION.sub(r"\1", composed).split()
    return " ".join(word.rstrip("/") for word in words)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self._hidden = 0  # inside a link whose address stands for its text

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("br", "p", "li", "div"):
            self.words.append("\n")
        elif tag == "a" and not _is_name(given.get("class") or ""):
            self.words.append(given.get("href") or "")
            self._hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._hidden:
            self._hidden -= 1

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def _is_name(classes: str) -> bool:
    """Links of mentions and hashtags: their text is what was written."""
    return bool({"mention", "hashtag"} & set(classes.split()))
