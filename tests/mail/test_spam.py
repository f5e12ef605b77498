"""SpamAssassin's own rules, with no network: what a filter makes of the mail's form."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from tests.mail.samples import LANGUAGES, message
from tests.servers.process import require_program

_RULE = re.compile(r"^ *(-?\d+\.\d) +([A-Z][A-Z0-9_]+) ", re.MULTILINE)
# Rules about how a message is built; the only one that fits a good message says it has HTML.
_BUILD = ("BASE64_", "FROM_", "HTML_", "INVALID_", "MIME_", "MISSING_", "MPART_", "SUBJ", "UNPARSE")
_HARMLESS = {"HTML_MESSAGE"}
SPAM = b"Subject: FREE MONEY!!! 100% GUARANTEED\r\n\r\nDear friend, CLICK HERE for free viagra\r\n"


def rules(of: bytes, home: Path) -> dict[str, float]:
    """The points of every rule that matched."""
    program = require_program("SpamAssassin", "spamassassin")
    done = subprocess.run(
        [program, "--local", "--test-mode"],
        input=of,
        capture_output=True,
        check=True,
        env={"HOME": str(home)},
        timeout=60,
    )
    _, found, report = done.stdout.decode(errors="replace").rpartition("Content analysis details")
    assert found, "SpamAssassin wrote no report"
    return {rule: float(points) for points, rule in _RULE.findall(report)}


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_filter_takes_the_mail_for_what_it_is(name: str, tmp_path: Path) -> None:
    found = rules(message(name), tmp_path)
    # What speaks for a list must not make up for what speaks against the message.
    assert sum(points for points in found.values() if points > 0) < 2
    assert {rule for rule in found if rule.startswith(_BUILD)} <= _HARMLESS


def test_the_filter_knows_spam(tmp_path: Path) -> None:
    assert sum(rules(SPAM, tmp_path).values()) > 2
