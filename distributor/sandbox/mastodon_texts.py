"""What Mastodon does to a text: it measures it and turns it into HTML."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

import regex

from .timelines import Span, cut

_URL = re.compile(r"(?<![^\W_])https?://[^\s<>\"]*[^\s<>\"'.,;:!?)\]}]", re.IGNORECASE)
_REMOTE_MENTION = re.compile(r"(?<![\w/])(@\w+)@[\w.-]+\w")
_TAG = re.compile(r"(?<![\w#/])#(\w*[^\W\d_]\w*)")
_GRAPHEME = regex.compile(r"\X")


def length(text: str, spoiler: str, per_link: int) -> int:
    """Grapheme clusters of warning and text; a link counts `per_link`, @name@host as @name."""
    counted = _URL.sub("x" * per_link, text)
    counted = _REMOTE_MENTION.sub(r"\1", counted)
    return len(_GRAPHEME.findall(spoiler + counted))


def _pieces(text: str) -> Iterator[tuple[int, int, Span]]:
    links = []
    for match in _URL.finditer(text):
        links.append(match.span())
        yield *match.span(), Span(match[0], "link", match[0])
    for match in _TAG.finditer(text):
        if not any(start < match.end() and match.start() < end for start, end in links):
            yield *match.span(), Span(match[0], "tag")


def spans(text: str) -> tuple[Span, ...]:
    """The text as followers read it."""
    return cut(text, _pieces(text))


def to_html(text: str, instance: str) -> str:
    """The `content` of a status: paragraphs, line breaks, links and hashtags."""
    paragraphs = re.split(r"\n{2,}", text.strip())
    return "".join(f"<p>{_inline(paragraph, instance)}</p>" for paragraph in paragraphs)


def tags(text: str) -> list[str]:
    """The hashtags of a text, without their sign."""
    return [span.text[1:] for span in spans(text) if span.kind == "tag"]


def _inline(text: str, instance: str) -> str:
    return "".join(_element(span, instance) for span in spans(text)).replace("\n", "<br />")


def _element(span: Span, instance: str) -> str:
    text = html.escape(span.text)
    match span.kind:
        case "link":
            scheme, rest = text.split("://", 1)
            return (
                f'<a href="{text}" rel="nofollow noopener" target="_blank">'
                f'<span class="invisible">{scheme}://</span><span class="">{rest}</span></a>'
            )
        case "tag":
            name = html.escape(span.text[1:])
            return (
                f'<a href="{instance}/tags/{name}" class="mention hashtag" rel="tag">'
                f"#<span>{name}</span></a>"
            )
        case _:
            return text
