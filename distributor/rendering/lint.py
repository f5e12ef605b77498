"""Findings: what a person should look at before approving a proof.

Each is a plain sentence with its place. A finding blocks only what would be
wrong for certain: a post the network refuses, a link to a stranger, a placeholder.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

import regex

from ..statements.values import ItemList, Wording
from . import names
from .condense import Choice, listed
from .edition import ChannelTarget, Edition, Finding, Severity
from .figures import figures, han_numbers, written_figures
from .lexicon import lexicon
from .links import find_links, find_mentions, find_tags
from .measure import Measure, x_links
from .posts import Written
from .segment import sentences
from .texts import TEXT_RULES
from .tongue import lint_tag

_FAR = dt.timedelta(days=30)
_X_REFUSES = re.compile("[\ufffe\ufeff\uffff]")  # twitter-text: invalid characters


def lint_edition(edition: Edition) -> list[Finding]:
    """What is to be known of the wordings and times, whatever the channel."""
    found = list(_lint_times(edition))
    for language, wording in edition.wordings.items():
        found += _lint_wording(language, wording)
        found += lint_tag(language, wording)
    if edition.url is None and edition.channels:
        message = (
            "No post links to the statement, because it has no web address. "
            "Give the statement its web address."
        )
        found.append(Finding("warn", "statement", "missing link", message))
    return found


def _lint_times(edition: Edition) -> Iterator[Finding]:
    moment = edition.not_before
    if moment is not None and moment.date() < edition.today:
        message = f"The embargo ended on {_day(moment)}: after approval it goes out at once."
        yield Finding("warn", "statement", "embargo in the past", message)
    date = edition.wordings[edition.original].date if edition.original in edition.wordings else None
    if date is not None and abs(date - edition.today) > _FAR:
        far = _distance(date, edition.today)
        message = f"The statement is dated {_day(date)}, {far}. Is that right?"
        yield Finding("warn", "statement", "date", message)


def _day(date: dt.date) -> str:
    return f"{date.day} {date:%B %Y}"


def _distance(date: dt.date, today: dt.date) -> str:
    days = abs((date - today).days)
    return f"{days} days {'ago' if date < today else 'ahead'}"


def named_texts(wording: Wording) -> Iterator[tuple[str, str]]:
    """Every text of a wording, with the name a reader would give its place."""
    yield "title", wording.title
    paragraphs = lists = 0
    for block in wording.blocks:
        if isinstance(block, ItemList):
            lists += 1
            for number, item in enumerate(block.items, 1):
                yield f"list {lists}, item {number}", item
        elif block.type == "heading":
            yield f"heading “{block.text}”", block.text
        else:
            paragraphs += 1
            yield f"paragraph {paragraphs}", block.text


def _lint_wording(language: str, wording: Wording) -> Iterator[Finding]:
    for place, text in named_texts(wording):
        for severity, kind, rule in TEXT_RULES:
            message = rule(text, wording.language)
            if message:
                yield Finding(severity, f"{language}, {place}", kind, message)


def lint_omissions(target: ChannelTarget, choice: Choice, left_out: Sequence[str]) -> list[Finding]:
    """What a thread does not say; `left_out` says it in words."""
    found = []
    for asked, message in (
        (choice.reduced, "Its demands are too long for a thread, so a single post leads to them."),
        (choice.silent and not choice.reduced, "The thread has no room for some of its demands."),
    ):
        if asked:
            found.append(Finding("warn", target.label, "demands left out", message))
    if len(choice.posts) > target.most > 1:
        message = f"The thread has {len(choice.posts)} posts, because it tells its demands in full."
        found.append(Finding("warn", target.label, "long thread", message))
    told = [name for name in left_out if name != "the title"]  # the news says it better
    if told:
        form = "thread" if len(choice.posts) > 1 else "post"
        message = f"Not in the {form} on {target.label}: {listed(told)}."
        found.append(Finding("warn", target.label, "left out", message))
    return found


def lint_edits(
    wording: Wording, target: ChannelTarget, rendered: Sequence[Written], edited: Sequence[Written]
) -> list[Finding]:
    """What a person's own words say that the statement does not, or no longer say."""
    statement = " ".join(text for _, text in named_texts(wording))
    found: list[Finding] = []
    for position, (before, after) in enumerate(zip(rendered, edited, strict=True), 1):
        if after is not before:
            where = f"{target.label}, post {position}"
            own = "".join(
                "\n" if s.origin == "template" else after.text[s.start : s.end] for s in after.trace
            )
            found += _lint_claims(where, own, statement, wording.language)
            found += _lint_guards(where, before.text, after.text, wording.language)
    return found


def _lint_claims(where: str, own: str, statement: str, language: str) -> Iterator[Finding]:
    """Figures, names and links that a statement lacks, by a post without its template's words.

    All of the post, not only what was typed: "250" may be what is left of 1,250.
    """
    for link in dict.fromkeys(_links(own)):
        own = own.replace(link, "")
        if link not in _links(statement):
            yield _claim("warn", where, link)
    for start, end in reversed([*find_tags(own)]):
        own = own[:start] + own[end:]
    known = figures(statement, language) | han_numbers(statement)
    for figure, written in written_figures(own, language).items():
        if figure not in known:
            yield _claim("block", where, written)
    for name in sorted(_names(own, language) - names.used(statement)):
        yield _claim("warn", where, name)


def _claim(severity: Severity, where: str, word: str) -> Finding:
    message = f"“{word}” stands in a person's edit but not in the statement."
    return Finding(severity, where, "not in the statement", message)


def _links(text: str) -> list[str]:
    return [text[start:end] for start, end in find_links(text)]


_NAME = regex.compile(r"(?<![#@/\w.])\p{Lu}[\p{L}’'-]+")


def _names(text: str, language: str) -> set[str]:
    """Capitalised words but for the first of each sentence."""
    found: set[str] = set()
    for start, end in sentences(text, language):
        sentence = text[start:end]
        for match in _NAME.finditer(sentence):
            if any(character.isalnum() for character in sentence[: match.start()]):
                found.add(names.bare(match[0]))
    return found


def _lint_guards(where: str, before: str, after: str, language: str) -> Iterator[Finding]:
    """Hedges and negations that an edit dropped."""
    pattern = lexicon(language).guarded
    if pattern is None:
        return
    kept = Counter(word.casefold() for word in pattern.findall(after))
    for word in Counter(word.casefold() for word in pattern.findall(before)) - kept:
        message = f"The edit drops “{word}”. Is what it says still what the statement says?"
        yield Finding("warn", where, "lost hedge or negation", message)


def lint_posts(
    edition: Edition, target: ChannelTarget, measure: Measure, texts: Sequence[str]
) -> list[Finding]:
    """What is to be known of the posts of one channel."""
    found: list[Finding] = []
    for number, text in enumerate(texts, 1):
        where = f"{target.label}, post {number}"
        found += _lint_post(where, text, edition, target, measure)
        if text in texts[: number - 1]:
            message = "This post equals an earlier one; the network may refuse it."
            found.append(Finding("block", where, "equal posts", message))
    links = sum(len(list(find_links(text))) for text in texts)
    if target.kind == "x" and links > 1:
        message = f"The thread has {links} links; on X each post with a link costs 13 times more."
        found.append(Finding("warn", target.label, "several links", message))
    return found


def _lint_post(
    where: str, text: str, edition: Edition, target: ChannelTarget, measure: Measure
) -> Iterator[Finding]:
    excess = measure.excess(text)
    if excess:
        message = f"It is too long by {excess}. Shorten the title or sentence, or its link."
        yield Finding("block", where, "over limit", message)
    if target.kind == "x":
        yield from _lint_x(where, text, edition)
    known = {mention.lstrip("@").casefold() for mention in target.mentions}
    for start, end in find_mentions(text):
        if text[start + 1 : end].casefold() not in known:
            message = f"{text[start:end]} may notify that account, and it is not one of ours."
            yield Finding("warn", where, "unknown mention", message)
    tags = {tag.lstrip("#").casefold() for tag in (*target.hashtags, *edition.hashtags)}
    for start, end in find_tags(text):
        if text[start + 1 : end].casefold() not in tags:
            message = f"{text[start:end]} becomes a hashtag, and it is not one of ours."
            yield Finding("warn", where, "unknown hashtag", message)


def _lint_x(where: str, text: str, edition: Edition) -> Iterator[Finding]:
    if _X_REFUSES.search(text):
        message = "It holds a character that X refuses. Type the sentence again."
        yield Finding("block", where, "invalid character", message)
    own = {urlsplit(url).hostname for url in (edition.url, edition.site) if url}
    for start, end in x_links(text):
        shown = text[start:end]
        host = shown.split("/")[0].casefold().removeprefix("www.")
        if "://" not in shown and host not in own and f"www.{host}" not in own:
            message = (
                f"X would make a link of “{shown}”. Put a space after the full stop, "
                "or write the whole address with https://."
            )
            yield Finding("block", where, "accidental link", message)
