"""A ledger in PostgreSQL: what it refuses, in which words, and whose it is."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Connection
from sqlalchemy.engine import URL, make_url

from runtime.ledger import postgres
from runtime.ledger.connect import hold_ledger, read_ledger
from runtime.ledger.faults import LedgerHeld, LedgerRefused
from runtime.ledger.history import read_invoice_numbers
from runtime.ledger.rows import insert_rows
from runtime.ledger.schema import number_series
from tests.ledgers import Database, Schemas, end_session
from tests.runtime.ledger.drafts import draft, post

pytestmark = pytest.mark.only_on("postgresql")

OPENED = (hold_ledger, read_ledger)

NO_RIGHT = r"may not do this: .*permission denied"


@pytest.fixture
def server(database: Database) -> URL:
    assert isinstance(database, Schemas)
    return make_url(database.server)


@pytest.fixture
def url(tmp_path: Path, database: Database) -> str:
    return database.url(tmp_path / "ledger.db")


def text_of(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def by_port(server: URL, **changed: str | int) -> URL:
    """Give the server's URL by its port, where it asks for a password."""
    port = server.port or int(str(server.query["port"]))
    plain = URL.create("postgresql", server.username, "guessed", "127.0.0.1", port, "ratebook")
    return plain.set(**changed)  # type: ignore[arg-type]


@pytest.mark.feature("D9")
@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({}, "does not take this user and password"),
        ({"username": "stranger"}, "does not take this user and password"),
        ({"port": 1}, "no server answers there"),
        ({"host": "nowhere.invalid"}, "there is no such host"),
    ],
)
def test_a_server_that_cannot_be_reached_is_told_without_the_password(
    server: URL, changed: dict[str, str | int], words: str
) -> None:
    for opened in OPENED:
        with (
            pytest.raises(LedgerRefused, match=words) as refusal,
            opened(text_of(by_port(server, **changed))),
        ):
            pass
        assert "guessed" not in str(refusal.value)


@pytest.mark.feature("D9")
def test_a_database_a_user_a_service_and_a_schema_that_are_not_there(server: URL) -> None:
    for url, words in (
        (server.set(database="nowhere"), "the server has no database `nowhere`"),
        (server.set(username="stranger"), "the server has no user `stranger`"),
        (URL.create("postgresql", query={"service": "none"}), "knows no such service"),
        (
            server.update_query_dict({"options": "-csearch_path=missing"}),
            "no schema of the search path `missing`",
        ),
    ):
        for opened in OPENED:
            with pytest.raises(LedgerRefused, match=words), opened(text_of(url)):
                pass


@pytest.mark.feature("D9")
def test_a_user_who_may_not_make_or_write_tables_is_refused(
    url: str, tmp_path: Path, database: Database
) -> None:
    schema = database.execute(tmp_path / "ledger.db", "SELECT current_schema()")[0][0]
    guest = f"guest_{schema}"
    database.execute(
        tmp_path / "ledger.db",
        f"CREATE ROLE {guest} LOGIN",
        f"GRANT USAGE ON SCHEMA {schema} TO {guest}",
    )
    as_guest = text_of(make_url(url).set(username=guest))
    try:
        with pytest.raises(LedgerRefused, match=NO_RIGHT), hold_ledger(as_guest):
            pass
        with hold_ledger(url) as ledger:
            post(ledger, 1, draft())
            ledger.commit()
        with pytest.raises(LedgerRefused, match=NO_RIGHT), read_ledger(as_guest) as reader:
            read_invoice_numbers(reader)
        database.execute(
            tmp_path / "ledger.db", f"GRANT SELECT ON ALL TABLES IN SCHEMA {schema} TO {guest}"
        )
        with read_ledger(as_guest) as reader:
            assert read_invoice_numbers(reader) == ("INV-000001",)
        with pytest.raises(LedgerRefused, match=NO_RIGHT), hold_ledger(as_guest) as ledger:
            post(ledger, 2, draft())
    finally:
        database.execute(tmp_path / "ledger.db", f"DROP OWNED BY {guest}", f"DROP ROLE {guest}")


@pytest.mark.feature("D9")
def test_a_server_that_only_reads_takes_no_run(url: str) -> None:
    options = str(make_url(url).query["options"])
    reads = make_url(url).update_query_dict(
        {"options": f"{options} -cdefault_transaction_read_only=on"}
    )
    with pytest.raises(LedgerRefused, match="the server only reads"), hold_ledger(text_of(reads)):
        pass


def test_an_older_server_is_refused(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres, "OLDEST_SERVER", 99)
    for opened in OPENED:
        with pytest.raises(LedgerRefused, match="a ledger needs 99 or later"), opened(url):
            pass


def test_a_text_that_no_database_keeps_is_refused(url: str) -> None:
    words = "does not fit the database"
    with pytest.raises(LedgerRefused, match=words), hold_ledger(url) as ledger:
        insert_rows(ledger, number_series, [("north\0wind", "INV", 1)])


def test_a_schema_with_tables_of_somebody_else_is_left_alone(
    url: str, tmp_path: Path, database: Database
) -> None:
    database.execute(tmp_path / "ledger.db", "CREATE TABLE songs (title text)")
    for opened in OPENED:
        with pytest.raises(LedgerRefused, match="is a database, but not a ledger"), opened(url):
            pass


@pytest.mark.feature("D9")
def test_a_run_that_posts_nothing_leaves_no_table(url: str, database: Database) -> None:
    with hold_ledger(url) as ledger:
        post(ledger, 1, draft())
    with read_ledger(url) as reader:
        assert read_invoice_numbers(reader) == ()
        assert reader.dialect.name == "sqlite"  # an empty one in memory


def test_who_holds_the_ledger_is_told(url: str, server: URL) -> None:
    with (
        hold_ledger(url) as ledger,
        pytest.raises(LedgerHeld, match=rf"process {process_of(ledger)}, user {server.username}"),
        hold_ledger(url),
    ):
        pass


@pytest.mark.feature("D9")
def test_ledgers_in_two_schemas_are_held_apart(tmp_path: Path, database: Database) -> None:
    one, other = (database.url(tmp_path / name) for name in ("one.db", "other.db"))
    with hold_ledger(one) as first, hold_ledger(other) as second:
        assert post(first, 1, draft()) == post(second, 1, draft()) == ["INV-000001"]
        first.commit()
        second.commit()


@pytest.mark.feature("D9")
def test_a_run_whose_server_is_gone_has_posted_nothing_and_holds_nothing(url: str) -> None:
    def post_and_lose(ledger: Connection) -> None:
        post(ledger, 1, draft())
        end_session(url, process_of(ledger))
        post(ledger, 2, draft())

    words = "the connection to the server was lost"
    with pytest.raises(LedgerRefused, match=words), hold_ledger(url) as ledger:
        post_and_lose(ledger)
    with hold_ledger(url) as ledger:
        assert post(ledger, 1, draft()) == ["INV-000001"]
        ledger.commit()


def process_of(ledger: Connection) -> int:
    return int(ledger.exec_driver_sql("SELECT pg_backend_pid()").scalar_one())
