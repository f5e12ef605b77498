"""The pages for newcomers: all timelines side by side, and the mailbox."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import mailbox
from .mailbox import SeenMail
from .messages import Refusal, Request, Response
from .network import Network
from .pages import asset, page
from .serving import Route, SandboxServer, add_faults
from .smtp_server import SmtpServer
from .timelines import threads

_SHOWN_MAILS = 50  # on the overview; each has its page all the same

# A mail may show itself and open links in a new window, and nothing else.
_MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; "
    "frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


class Viewer(SandboxServer):
    """Shows what followers and subscribers see. Reading changes nothing."""

    def __init__(
        self,
        networks: Sequence[Network] = (),
        mail: SmtpServer | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
    ) -> None:
        self.networks = tuple(networks)
        self.mail = mail
        super().__init__(host, port)

    def routes(self) -> list[Route]:
        return [
            *super().routes(),
            ("GET", "/", self._overview),
            ("GET", "/assets/{name}", asset),
            ("GET", "/mail/{number}", self._show_mail),
            ("GET", "/mail/{number}/html", self._show_html),
            ("GET", "/sandbox/mails", self._list_mails),
            ("GET", "/sandbox/state", self._state),
            ("POST", "/sandbox/mail/faults", self._add_mail_faults),
            ("POST", "/sandbox/mail/reset", self._reset_mail),
        ]

    def _mails(self) -> list[SeenMail]:
        return [mailbox.read(mail) for mail in self.mail.mails] if self.mail else []

    def _overview(self, request: Request) -> Response:
        mails = self.mail.mails if self.mail else []
        return page(
            "timelines.html.j2",
            timelines=[(network, threads(network.seen())) for network in self.networks],
            has_mail=self.mail is not None,
            mail_count=len(mails),
            mails=[mailbox.read(mail) for mail in reversed(mails[-_SHOWN_MAILS:])],
        )

    def _find_mail(self, number: str) -> SeenMail:
        mails = self.mail.mails if self.mail else []
        if not number.isdecimal() or not 1 <= int(number) <= len(mails):
            raise Refusal(page("missing.html.j2", 404))
        return mailbox.read(mails[int(number) - 1])

    def _show_mail(self, request: Request, number: str) -> Response:
        return page("mail.html.j2", mail=self._find_mail(number))

    def _show_html(self, request: Request, number: str) -> Response:
        """The HTML part alone, for a frame; its links open in a new window."""
        content = self._find_mail(number).html or ""
        shown = re.sub(r"(?i)(<head[^>]*>|\Z)", r'\1<base target="_blank">', content, count=1)
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Security-Policy": _MAIL_POLICY,
            "X-Content-Type-Options": "nosniff",
        }
        return Response(200, shown.encode(), headers)

    def _list_mails(self, request: Request) -> Response:
        return Response.json([mail.to_json() for mail in self._mails()])

    def _state(self, request: Request) -> Response:
        """A word that changes when there is something new to see."""
        mails = len(self.mail.mails) if self.mail else 0
        return Response.json([mails, *(network.state() for network in self.networks)])

    def _add_mail_faults(self, request: Request) -> Response:
        if self.mail is None:
            raise Refusal(Response.json({"error": "there is no mail server here"}, 404))
        return add_faults(self.mail.faults, request)

    def _reset_mail(self, request: Request) -> Response:
        if self.mail is not None:
            self.mail.reset()
        return Response(204)
