"""A PostgreSQL server of the tests' own, from what Debian's package installs.

It lives in a temporary folder, answers on a socket there and on a free port of this host, and
goes with the tests.  PostgreSQL does not run as root: there it runs as another user.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

USER, PASSWORD, DATABASE = "ratebook", "kept secret", "ratebook"

OTHER_USERS = ("postgres", "nobody")

# Nothing here outlives the tests, so nothing need outlive a power cut.
SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=80", "shared_buffers=64MB")

START_SECONDS = 30

PR_SET_PDEATHSIG = 1


class NoServer(Exception):
    """There is no server to start; the message says what to install."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server that runs: its process, the folder of its socket, its port."""

    process: int
    folder: Path
    port: int

    @property
    def url(self) -> str:
        """The URL of its database by the socket, which asks for no password."""
        return self.database_url(DATABASE)

    def database_url(self, name: str) -> str:
        """Give the URL of another database of it."""
        return f"postgresql://{USER}@/{name}?host={self.folder}&port={self.port}"

    def execute(self, statement: str) -> None:
        """Do what concerns the server as a whole."""
        import psycopg

        with psycopg.connect(
            host=str(self.folder), port=self.port, user=USER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(statement)

    def tcp_url(self, user: str = USER, password: str = "", database: str = DATABASE) -> str:
        """Give a URL by the port, which does."""
        secret = f":{password.replace(' ', '%20')}" if password else ""
        return f"postgresql://{user}{secret}@127.0.0.1:{self.port}/{database}"


@contextmanager
def local_server() -> Iterator[Server]:
    """Start a server, and stop it at the end.  Raises NoServer where none is installed."""
    programs = _programs()
    user = _other_user()
    folder = Path(tempfile.mkdtemp(prefix="ratebook-postgres-"))
    try:
        if user is not None:
            shutil.chown(folder, user)
        _initialise(programs, folder, user)
        port = _free_port()
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [
                    *(str(programs / "postgres"), "-D", str(folder / "data")),
                    *("-k", str(folder), "-p", str(port), "-h", "127.0.0.1"),
                    *(part for setting in SETTINGS for part in ("-c", setting)),
                ],
                stdout=log,
                stderr=log,
                user=user,
                cwd=folder,
                preexec_fn=_die_with_parent,  # noqa: PLW1509 - no thread of ours holds a lock
            )
            try:
                server = Server(process.pid, folder, port)
                _wait(server, process)
                server.execute(f"CREATE DATABASE {DATABASE}")
                yield server
            finally:
                process.send_signal(signal.SIGINT)  # "fast": wait for no session left open
                process.wait(timeout=START_SECONDS)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _die_with_parent() -> None:
    """Have Linux stop the server where the tests are killed and cannot."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def _programs() -> Path:
    """Give the folder of initdb and postgres, the newest version's."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: [int(part) for part in path.parent.name.split(".") if part.isdigit()],
        reverse=True,
    )
    on_path = shutil.which("postgres")
    for folder in [*debian, *([Path(on_path).resolve().parent] if on_path else [])]:
        if all(os.access(folder / name, os.X_OK) for name in ("initdb", "postgres")):
            return folder
    raise NoServer(
        "no PostgreSQL server is installed: on Debian and Ubuntu `apt-get install postgresql`; "
        "elsewhere put `initdb` and `postgres` on the path"
    )


def _other_user() -> str | None:
    """Give the user the server runs as, None for ourselves."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    for name in OTHER_USERS:
        if name in names:
            return name
    raise NoServer(f"PostgreSQL does not run as root, and there is no user {OTHER_USERS[0]}")


def _initialise(programs: Path, folder: Path, user: str | None) -> None:
    secret = folder / "password"
    secret.write_text(f"{PASSWORD}\n")
    made = subprocess.run(
        [
            *(str(programs / "initdb"), "-D", str(folder / "data"), "-U", USER),
            *("--auth-local=trust", "--auth-host=scram-sha-256", f"--pwfile={secret}"),
            *("--encoding=UTF8", "--locale=C", "--no-sync"),
        ],
        capture_output=True,
        text=True,
        user=user,
        cwd=folder,
        check=False,
    )
    if made.returncode:
        raise NoServer(f"initdb failed: {made.stderr}")


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server takes connections."""
    import psycopg

    until = time.monotonic() + START_SECONDS
    while True:
        try:
            server.execute("SELECT 1")
        except psycopg.OperationalError as fault:
            if process.poll() is not None or time.monotonic() > until:
                log = (server.folder / "log").read_text()
                raise NoServer(f"the server does not start: {fault}\n{log}") from fault
            time.sleep(0.05)
        else:
            return
