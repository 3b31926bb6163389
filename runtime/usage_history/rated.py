"""Rated usage and the usage store, read back: the records that were rated, with their pieces.

A record is rated again by every later run that evaluates its usage period; its last rating
holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from duckdb import DuckDBPyConnection

from runtime.invoice.format import EACH
from runtime.invoice.units import in_units_of
from runtime.usage import sql
from runtime.usage.dispositions import MEANINGS, Reason
from runtime.usage.exceptions import ID_SIGN
from runtime.usage.reader import ID_SEPARATOR
from runtime.usage_history.model import KeptUsage, Piece, UsageRecord
from runtime.usage_history.places import RatedUsage, UsageFolder, read_rated

_ID = f"replace(event_id, chr({ord(ID_SEPARATOR)}), {sql.text(ID_SIGN)})"
_PIECE = [each.name for each in fields(Piece)]
_STORED = ("instant", "identifier", "value", "measure", "quantity", "amount", "amount_currency")
_ATTRIBUTE = "attribute."


@dataclass(frozen=True, slots=True)
class RatedWanted:
    """What rated records are looked for; None: any.

    Attributes:
        feed, event_id: of the record, the id with `/` between its parts.
        file: the record's, or the end of its path.
        row: in the file.
        identifier: a value that an account service held.
        account_service: who used.
        period: the month in which the usage period starts, `2026-01`.
    """

    feed: str | None = None
    event_id: str | None = None
    file: str | None = None
    row: int | None = None
    identifier: str | None = None
    account_service: str | None = None
    period: str | None = None


def make_ratings(connection: DuckDBPyConnection, folder: UsageFolder) -> RatedUsage | None:
    """Make the view `ratings`: the rows of rated usage, with the number of their `run`."""
    members, columns = [], frozenset[str]()
    for number, run in enumerate(folder.runs):
        rated = read_rated(connection, folder.rated(run))
        if rated is not None:
            columns |= rated.columns
            members.append(f"SELECT {number} AS run, * FROM {rated.read}")
    if not members:
        return None
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW ratings AS {' UNION ALL BY NAME '.join(members)}"
    )
    return RatedUsage("ratings", columns)


def count_kept(connection: DuckDBPyConnection, folder: UsageFolder) -> Iterator[KeptUsage]:
    """Count the events by the run that kept them, month, feed, service and class."""
    rated = make_ratings(connection, folder)
    if rated is None:
        return
    rows = connection.execute(f"""
        WITH latest AS (
          SELECT feed, event_id, min(run) AS run, max(instant) AS instant,
                 arg_max({rated.column("service")}::VARCHAR, run) AS service,
                 arg_max(usage_class, run) AS usage_class
          FROM ratings WHERE piece = 0 GROUP BY feed, event_id
        )
        SELECT run, strftime(instant, '%Y-%m'), feed, service, usage_class, count(*)
        FROM latest GROUP BY ALL ORDER BY ALL
    """).fetchall()
    for run, *rest in rows:
        yield KeptUsage(folder.runs[run].name, *rest)


def find_rated(
    connection: DuckDBPyConnection,
    folder: UsageFolder,
    wanted: RatedWanted,
    first: int | None = None,
) -> tuple[int, list[UsageRecord]]:
    """Give how many rated records are wanted, and the first ones (None: all) by file and row."""
    rated = make_ratings(connection, folder)
    if rated is None:
        return 0, []
    where, values = _condition(wanted)
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE wanted AS
        WITH found AS (SELECT DISTINCT feed, event_id FROM ratings WHERE {where})
        SELECT feed, event_id, min(run) AS read_in, max(run) AS rated_in,
               arg_max(file, run) AS file, arg_max("row", run) AS "row"
        FROM ratings SEMI JOIN found USING (feed, event_id)
        WHERE piece = 0 GROUP BY feed, event_id
        """,
        values,
    )
    limit = "" if first is None else f" LIMIT {first}"
    found = connection.execute(
        f'SELECT * FROM wanted ORDER BY file, "row", feed, event_id{limit}'
    ).fetchall()
    pieces = _pieces(connection, rated)
    kept = _kept(connection, folder, [(row[0], row[1], row[2]) for row in found])
    return sql.count(connection, "SELECT count(*) FROM wanted"), [
        _record(folder, row, pieces[row[0], row[1]], kept.get((row[0], row[1]), {}))
        for row in found
    ]


def _condition(wanted: RatedWanted) -> tuple[str, list[str | int]]:
    where: list[str] = ["true"]
    values: list[str | int] = []
    for column, value in (
        ("feed", wanted.feed),
        (_ID, wanted.event_id),
        ('"row"', wanted.row),
        ("identifier_value", wanted.identifier),
        ("account_service", wanted.account_service),
        ("strftime(period_start, '%Y-%m')", wanted.period),
    ):
        if value is not None:
            where.append(f"{column} = ?")
            values.append(value)
    if wanted.file is not None:
        where.append("(file = ? OR ends_with(file, ?))")
        values += [wanted.file, f"/{wanted.file}"]
    return " AND ".join(where), values


@dataclass(frozen=True, slots=True)
class _Rating:
    instant: datetime
    pieces: list[Piece]


def _pieces(connection: DuckDBPyConnection, rated: RatedUsage) -> dict[tuple[str, str], _Rating]:
    names = ["number", *(each for each in _PIECE if each != "number")]
    columns = ", ".join(
        f"r.{sql.name(each)}" if each in rated.columns else f"NULL AS {each}" for each in names[1:]
    )
    found: dict[tuple[str, str], _Rating] = {}
    rows = connection.execute(f"""
        SELECT r.feed, r.event_id, r.instant, r.piece, {columns}
        FROM ratings AS r
        JOIN wanted AS w ON w.feed = r.feed AND w.event_id = r.event_id AND w.rated_in = r.run
        ORDER BY r.feed, r.event_id, r.piece
    """).fetchall()
    for feed, event_id, instant, *cells in rows:
        named = dict(zip(names, cells, strict=True))
        steps = named["unit_steps"] or 1
        named |= {
            "quantity": in_units_of(int(named["quantity"]), steps),
            "unit": named["unit"] or EACH,
            "unit_steps": steps,
        }
        rating = found.setdefault((feed, event_id), _Rating(instant, []))
        rating.pieces.append(Piece(**named))
    return found


def _kept(
    connection: DuckDBPyConnection, folder: UsageFolder, found: Sequence[tuple[str, str, int]]
) -> dict[tuple[str, str], dict[str, str]]:
    """Give the events as the store keeps them, by feed and id; a draft's are not kept."""
    kept: dict[tuple[str, str], dict[str, str]] = {}
    for number in sorted({read_in for _, _, read_in in found}):
        paths = folder.kept(folder.runs[number])
        if not paths:
            continue
        read = f"read_parquet({sql.paths(paths)}, union_by_name = true, hive_partitioning = false)"
        ids = [[feed, event_id] for feed, event_id, read_in in found if read_in == number]
        rows = connection.execute(
            f"SELECT * FROM {read} WHERE list_contains($ids, [feed, event_id])", {"ids": ids}
        )
        heads = [column[0] for column in rows.description or ()]
        for row in rows.fetchall():
            texts = {
                head: str(cell) for head, cell in zip(heads, row, strict=True) if cell is not None
            }
            kept[texts["feed"], texts["event_id"]] = {
                head.removeprefix(_ATTRIBUTE): text
                for head, text in texts.items()
                if head in _STORED or head.startswith(_ATTRIBUTE)
            }
    return kept


def _record(
    folder: UsageFolder, row: Sequence[object], rating: _Rating, kept: dict[str, str]
) -> UsageRecord:
    feed, event_id, read_in, rated_in, file, number = row
    assert isinstance(read_in, int)
    assert isinstance(rated_in, int)
    assert isinstance(number, int)
    return UsageRecord(
        run=folder.runs[read_in].name,
        feed=str(feed),
        event_id=str(event_id).replace(ID_SEPARATOR, ID_SIGN),
        file=str(file),
        row=number,
        disposition="rated",
        reason=Reason.RATED.name,
        detail=MEANINGS[Reason.RATED].words,
        remedy=None,
        content=tuple(kept.items()),
        instant=rating.instant,
        rated_in=folder.runs[rated_in].name,
        pieces=tuple(rating.pieces),
    )
