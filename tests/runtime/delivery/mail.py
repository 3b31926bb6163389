"""A mail server on loopback that answers as it is told, and keeps what it accepted."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from runtime.delivery.smtp import Server

HERE = Path(__file__).parent
ACCEPTED = "250 OK"


@dataclass
class Mailbox:
    """What a server answers, by recipient or by turn, and what it took.

    `answers`: to DATA, one after the other, then 250.  `refused`: to RCPT, by address.
    """

    answers: list[str] = field(default_factory=list)
    refused: dict[str, str] = field(default_factory=dict)
    sender_answer: str | None = None
    messages: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)

    async def handle_MAIL(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.sender_answer is not None:
            return self.sender_answer
        envelope.mail_from = address
        return ACCEPTED

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return ACCEPTED

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = self.answers.pop(0) if self.answers else ACCEPTED
        if answer.startswith("250"):
            self.messages.append(envelope.original_content or b"")
            self.recipients += envelope.rcpt_tos
        return answer


class Loopback(Controller):
    """A server on whichever port is free."""

    def _trigger_server(self) -> None:
        assert isinstance(self.server, asyncio.Server)
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()  # type: ignore[no-untyped-call]


@contextmanager
def serving(
    mailbox: Mailbox, *, is_secure: bool = False, password: str | None = None
) -> Iterator[Server]:
    """Serve a mailbox on a free port of loopback."""
    options: dict[str, object] = {}
    if is_secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(HERE / "server.pem", HERE / "server.key")
        options = {"tls_context": context, "require_starttls": True}
    if password is not None:

        def authenticated(
            server: SMTP, session: Session, envelope: Envelope, way: str, given: LoginPassword
        ) -> AuthResult:
            return AuthResult(success=given.password == password.encode(), handled=False)

        options |= {"authenticator": authenticated, "auth_required": True}
    controller = Loopback(mailbox, hostname="127.0.0.1", port=0, **options)  # type: ignore[arg-type]
    controller.start()
    try:
        yield Server("localhost" if is_secure else "127.0.0.1", controller.port)
    finally:
        controller.stop()
