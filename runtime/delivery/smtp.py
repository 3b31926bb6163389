"""Sending over SMTP: what the server's answers mean for a message.

An answer of the 4xx kind lets a message wait for the next try, one of the 5xx kind ends it.
What goes wrong before a recipient is named is not the message's fault: it stops the sending,
and everything waits.  No password is ever part of a message, a reason or a name.
"""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field

from runtime.delivery.outbox import Outcome

TIMEOUT_SECONDS = 60


class CannotSend(Exception):
    """The server cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where and as whom to send.

    Attributes:
        security: `none`, `starttls`, or `tls` from the first byte.
        user, password: None: nobody logs in.
    """

    host: str
    port: int
    security: str = "none"
    user: str | None = None
    password: str | None = field(default=None, repr=False)


class Mailer:
    """One connection to a server, opened when the first message is sent."""

    def __init__(self, server: Server) -> None:
        """Connect to nothing yet."""
        self._server = server
        self._connection: smtplib.SMTP | None = None

    def __enter__(self) -> Mailer:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Say goodbye."""
        self._close()

    def send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        """Send one message, or say why it waits or failed.

        Raises CannotSend where the server cannot be reached, or refuses us.
        """
        try:
            return self._send(sender, recipient, message)
        except (smtplib.SMTPServerDisconnected, ConnectionError, TimeoutError):
            # A server may close a connection that was quiet; on a new one it is asked again.
            self._close()
        try:
            return self._send(sender, recipient, message)
        except (smtplib.SMTPServerDisconnected, OSError) as fault:
            self._close()
            raise CannotSend(f"{self._name}: {_words(fault)}") from fault

    def _send(self, sender: str, recipient: str, message: bytes) -> Outcome:
        connection = self._open()
        try:
            connection.sendmail(sender, [recipient], message)
        except smtplib.SMTPRecipientsRefused as fault:
            code, words = fault.recipients[recipient]
            return _outcome(code, words)
        except smtplib.SMTPSenderRefused as fault:
            text = _text(fault.smtp_error)
            raise CannotSend(f"{self._name} refuses the sender {sender}: {text}") from fault
        except smtplib.SMTPResponseException as fault:
            self._close_if_gone(fault)
            return _outcome(fault.smtp_code, fault.smtp_error)
        return Outcome("sent")

    def _close_if_gone(self, fault: smtplib.SMTPResponseException) -> None:
        if fault.smtp_code == 421:
            self._close()

    @property
    def _name(self) -> str:
        return f"{self._server.host}:{self._server.port}"

    def _open(self) -> smtplib.SMTP:
        if self._connection is None:
            self._connection = self._connected()
        return self._connection

    def _connected(self) -> smtplib.SMTP:
        server = self._server
        own = socket.gethostname() or "localhost"
        try:
            if server.security == "tls":
                context = ssl.create_default_context()
                connection: smtplib.SMTP = smtplib.SMTP_SSL(
                    server.host, server.port, own, timeout=TIMEOUT_SECONDS, context=context
                )
            else:
                connection = smtplib.SMTP(server.host, server.port, own, timeout=TIMEOUT_SECONDS)
            if server.security == "starttls":
                connection.starttls(context=ssl.create_default_context())
            if server.user is not None:
                connection.login(server.user, server.password or "")
        except smtplib.SMTPAuthenticationError as fault:
            raise CannotSend(f"{self._name} does not let {server.user} log in") from fault
        except (smtplib.SMTPException, OSError) as fault:
            raise CannotSend(f"{self._name}: {_words(fault)}") from fault
        return connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                connection.quit()


def _outcome(code: int, words: bytes | str) -> Outcome:
    status = "waiting" if 400 <= code < 500 else "failed"
    return Outcome(status, f"{code} {_text(words)}"[:500])


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return " ".join(text.split())


def _words(fault: Exception) -> str:
    if isinstance(fault, smtplib.SMTPResponseException):
        return f"{fault.smtp_code} {_text(fault.smtp_error)}"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    return str(fault) or type(fault).__name__
