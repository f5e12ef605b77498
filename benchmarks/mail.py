"""How fast mail is written and handed over, beside other ways to do it.

    python benchmarks/mail.py [MESSAGES]           (5,000 messages unless told)

Sends to Postfix's smtp-sink on loopback, which discards; without it only the
writing is measured. smtp-source is Postfix's own load generator: it repeats one
message without a round trip saved or a word changed. Compare the figures of one
run with each other, not with another machine's.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
import smtplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.policy import SMTP

from cryptography.hazmat.primitives.asymmetric import rsa

from distributor.channels.base import Sent
from distributor.newsletter.compile import Addressee, CompiledMail
from distributor.newsletter.dkim import Signer
from distributor.newsletter.smtp import Envelope, Mailer, MailServer

CONNECTIONS = 16
WAY_OUT = "https://example.org/u/UNSUBSCRIBE-TOKEN"
PARAGRAPH = "“We will not stop,” said Ana, who writes; Ben approves what goes out to readers. "
MAIL = {
    "list": "readers",
    "language": "en",
    "list_id": "readers.example.org",
    "title": "Readers",
    "sender": "The Alliance <news@example.org>",
    "reply_to": None,
    "unsubscribe": WAY_OUT,
    "subject": "On the arrest of a writer – and what follows",
    "text": f"{PARAGRAPH * 100}\n{WAY_OUT}\n",
    "html": f'<p>{PARAGRAPH * 190}</p>\n<a href="{WAY_OUT}">Unsubscribe</a>\n',
}
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"


def main(count: int) -> None:
    """Measure and print."""
    noon = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    plain = CompiledMail(MAIL, date=noon, message_id_domain="example.org")
    signer = Signer("example.org", "s1", rsa.generate_private_key(65537, 2048))
    signed = CompiledMail(MAIL, date=noon, message_id_domain="example.org", signer=signer)
    people = [
        Addressee(f"reader{n}@example.org", f"{n:022}", f"c1.{n}", f"Reader {n}")
        for n in range(count)
    ]
    print(f"one message: {len(plain.fill(people[0])):,} bytes")
    show("filling", lambda: drop(map(plain.fill, people)), count)
    few = people[: max(1, count // 20)]
    show("filling and signing (RSA-2048)", lambda: drop(map(signed.fill, few)), len(few))
    show("EmailMessage instead", lambda: drop(map(composed, few)), len(few))
    with sink() as port:
        if port is None:
            print("smtp-sink is not installed: sending was not measured")
            return
        show("mailer", lambda: hand_over(port, plain, people), count)
        show("smtplib, same bytes", lambda: one_by_one(port, plain, few), len(few))
        if source := shutil.which("smtp-source", path=_PATH):
            size = len(plain.fill(people[0]))
            show("smtp-source", lambda: reference(source, port, size, count), count)


def show(what: str, work: Callable[[], object], count: int) -> None:
    """Run once, and print microseconds and messages per second."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    took, cpu = time.perf_counter() - begun, time.process_time() - used
    print(f"{what:32} {count / took:10,.0f} messages/s {cpu / count * 1e6:9.1f} µs CPU each")


def drop(messages: Iterator[bytes]) -> None:
    """Write each message and forget it."""
    for _ in messages:
        pass


def composed(one: Addressee) -> bytes:
    """The same message through the standard library."""
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = MAIL["sender"], one.address
    message["Subject"] = MAIL["subject"]
    message.set_content(str(MAIL["text"]).replace("UNSUBSCRIBE-TOKEN", one.token))
    html = str(MAIL["html"]).replace("UNSUBSCRIBE-TOKEN", one.token)
    message.add_alternative(html, subtype="html")
    return message.as_bytes()


def hand_over(port: int, mail: CompiledMail, people: list[Addressee]) -> None:
    """All messages through our own mailer."""
    mailer = Mailer(MailServer("127.0.0.1", port, "none", connections=CONNECTIONS))
    batch = [
        Envelope(one.message_key, "news@example.org", one.address, message_for(mail, one), True)
        for one in people
    ]
    outcomes = mailer.send(batch, lambda: False)
    mailer.close()
    assert all(isinstance(outcome, Sent) for outcome in outcomes.values())


def message_for(mail: CompiledMail, one: Addressee) -> Callable[[], bytes]:
    """What writes one message when its turn comes."""
    return lambda: mail.fill(one)


def one_by_one(port: int, mail: CompiledMail, people: list[Addressee]) -> None:
    """The same bytes over one connection of the standard library."""
    with smtplib.SMTP("127.0.0.1", port) as client:
        for one in people:
            client.sendmail("news@example.org", [one.address], mail.fill(one))


def reference(source: str, port: int, size: int, count: int) -> None:
    """Postfix's load generator with as many connections."""
    command = [source, "-d", "-s", str(CONNECTIONS), "-m", str(count), "-l", str(size)]
    subprocess.run([*command, "-t", "a@example.org", f"127.0.0.1:{port}"], check=True)


@contextmanager
def sink() -> Iterator[int | None]:
    """The port of a server that takes everything; None when it is not installed."""
    program = shutil.which("smtp-sink", path=_PATH)
    if program is None:
        yield None
        return
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
    account = ["-u", "nobody"] if os.geteuid() == 0 else []
    process = subprocess.Popen([program, *account, f"127.0.0.1:{port}", "1000"])
    try:
        time.sleep(0.5)
        yield port
    finally:
        process.terminate()
        process.wait()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
