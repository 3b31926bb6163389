"""The SQL that reads one event of a feed's records, whose fields' types are known.

A raw column stands as `raw_field` in the relation of records, and an attribute as
`attribute` in every relation of events, so that no name of a feed is one of ours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from runtime.program.expressions import (
    Expression,
    FieldValue,
)
from runtime.program.model import Feed, FeedAmount, FeedEvent
from runtime.usage import expressions, sql
from runtime.usage.dispositions import Reason
from runtime.usage.times import by_pattern, is_time, is_zoned, since_1970, text_instant
from runtime.usage.zones import LocalTime

MAX_QUANTITY = 2**63 - 1
ID_SEPARATOR = "\x1f"
AMOUNT_TYPE = "DECIMAL(18, 6)"
"""An event's amount: a whole number of millionths of the currency's major unit."""

ORIGIN_FILE, ORIGIN_ROW, ORIGIN_EVENT = (
    sql.name(f"origin.{each}") for each in ("file", "row", "event")
)
"""Columns of records: where one is known by its file and row, and which event is meant."""

LOCAL = sql.name("local time")
"""The column of records that has the local time that their time field's text says."""

WHOLE = sql.name("whole number")
"""The column of records that has the number of their quantity's text, if that is its digits."""

ZONED_TYPES = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")
"""The types of a column of instants; all others are local times."""

_INTEGERS = frozenset(
    f"{sign}{size}" for sign in ("", "U") for size in ("TINYINT", "SMALLINT", "INTEGER", "BIGINT")
) | {"HUGEINT"}
_FITTING = _INTEGERS - {"UBIGINT", "HUGEINT"}
"""Those of which each number is a BIGINT."""

_IN_RANGE = "instant BETWEEN TIMESTAMP '1900-01-01' AND TIMESTAMP '9998-12-31'"
_WRITTEN_TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"
_COMMA_NUMBER = r"^[+-]?[0-9]{1,28},[0-9]{1,9}0*$"


def attribute(name: str) -> str:
    """Give the quoted column that holds an attribute in every relation of events."""
    return sql.name(f"attribute.{name}")


def raw_field(name: str) -> str:
    """Give the quoted column that holds a raw field in every relation of records."""
    return sql.name(f"field.{name}")


@dataclass(frozen=True, slots=True)
class Reader:
    """Writes the SQL of one event of one feed.

    Attributes:
        types: of the raw fields in the files.
        is_csv: the fields are texts of CSV files, written in the feed's dialect.
        is_exceptions: the files are exceptions of an earlier run, fed again.
        currencies: those that an amount may be in.
        clock: of the feed's zone.
    """

    feed: Feed
    event: FeedEvent
    types: Mapping[str, str]
    is_csv: bool
    is_exceptions: bool
    currencies: tuple[str, ...]
    clock: LocalTime

    def records(self, raw: str) -> str:
        """Give a relation of records, with LOCAL and WHOLE beside where its columns ask for them.

        What most texts are is read there, so that only the others are looked at by pattern.
        """
        beside = ""
        local, text = self._local(), self._quantity_text()
        if local is not None:
            beside += f", {local} AS {LOCAL}"
        if text is not None:
            read = f"TRY_CAST({text} AS BIGINT)"
            beside += f", CASE WHEN {read}::VARCHAR = {text} THEN {read} END AS {WHOLE}"
        return f"SELECT *{beside} FROM ({raw})" if beside else raw

    def events(self, raw: str) -> str:
        """Give the SELECT of the event of each record of a relation that has it."""
        return select_events(self.columns(), self.reason(), f"({raw}) {self.where()}")

    def columns(self) -> dict[str, str]:
        """Give the SQL of what is read of a record, by the column that holds it.

        Beside an event's own: `is_known`, `is_skipped`, `is_other` and `amount_reason`, by
        which `reason` judges it.
        """
        return {
            "event_id": self.event_id(),
            "is_known": self._is_known(),
            "instant": self._instant(),
            "value": self._value(self.feed.identifier_value),
            "quantity": self.quantity(self.steps()),
            **self._money(),
            "is_skipped": self.skip(),
            "is_other": self._is_other(),
            **{
                attribute(each.name): self._attribute(each.expression)
                for each in self.event.attributes
            },
        }

    def event_id(self) -> str:
        """Give the SQL of the text by which the event is known in its feed."""
        if self.event.name is None:
            return self.record_id()
        return _joined([self.record_id(), sql.text(self.event.name)])

    def record_id(self) -> str:
        """Give the SQL of the text by which the record is known in its feed."""
        parts = [self.field(name) for name in self.feed.id_fields] or [ORIGIN_FILE, ORIGIN_ROW]
        return _joined(parts)

    def _is_known(self) -> str:
        """Give SQL that is true of a record with an id and a plain identifier; else not true."""
        fields = list(self.feed.id_fields)
        if isinstance(self.feed.identifier_value, FieldValue):
            fields.append(self.feed.identifier_value.name)
        told = [self._is_there(name) for name in fields]
        if not self.feed.id_fields:
            told += [f"{each} IS NOT NULL" for each in (ORIGIN_FILE, ORIGIN_ROW)]
        return f"({' AND '.join(told)})"

    def _is_there(self, name: str) -> str:
        """Give SQL that is true of a record that has a field, else false or NULL."""
        if self.types[name] == "VARCHAR":
            return f"{raw_field(name)} <> ''"
        return f"{self.field(name)} IS NOT NULL"

    def plain(self, tree: Expression) -> str | None:
        """Give the raw column of a value that is the text in it; of missing ones '' or NULL."""
        if not isinstance(tree, FieldValue) or self.types[tree.name] != "VARCHAR":
            return None
        return raw_field(tree.name)

    def plain_attribute(self, name: str) -> str | None:
        """Give the raw column of an attribute that is the text in it, as `plain` does."""
        if self.is_csv and self.feed.dialect.decimal != ".":
            return None
        for each in self.event.attributes:
            if each.name == name:
                return self.plain(each.expression)
        return None

    def field(self, name: str) -> str:
        """Give the SQL of a field's text; an empty one is missing."""
        column = raw_field(name)
        if self.types[name] == "VARCHAR":
            return f"nullif({column}, '')"
        return f"nullif(CAST({column} AS VARCHAR), '')"

    def number(self, name: str) -> str:
        """Give the SQL of a field's exact number."""
        column, kind = raw_field(name), self.types[name]
        if kind in _INTEGERS:
            return f"{column}::HUGEINT"
        if kind.startswith("DECIMAL"):
            return column
        return expressions.text_number(self._pointed(self.field(name)))

    def _pointed(self, text: str) -> str:
        """Give the SQL of a number's text with a point before its decimals."""
        if not self.is_csv or self.feed.dialect.decimal == ".":
            return text
        # An exceptions file holds what was read, be it from CSV or from a file of numbers.
        other = text if self.is_exceptions else "NULL"
        return f"CASE WHEN contains({text}, '.') THEN {other} ELSE replace({text}, ',', '.') END"

    def _attribute(self, tree: Expression) -> str:
        value = self._value(tree)
        if not isinstance(tree, FieldValue) or not self.is_csv or self.feed.dialect.decimal == ".":
            return value
        is_number = f"regexp_matches({value}, {sql.text(_COMMA_NUMBER)})"
        return f"CASE WHEN {is_number} THEN replace({value}, ',', '.') ELSE {value} END"

    def reason(self, known: str | None = None, steps: str | None = None) -> str:
        """Give the SQL of a record's reason, of its `columns`; the likeliest case first.

        What only tells what is wrong is worked out of the raw columns, and only then.

        Args:
            known: the SQL of what the record is known by; None: `event_id`.
            steps: the SQL of its quantity in steps; None: that of this event.
        """
        known, steps = known or self.event_id(), steps or self.steps()
        measured = self.measured()
        no_amount, extra = "", ""
        if self.feed.amount is not None:
            extra = "AND amount_reason IS NULL"
            no_amount = " WHEN amount_reason IS NOT NULL THEN amount_reason"
        value = self._value(self.feed.identifier_value)
        is_plain = isinstance(self.feed.identifier_value, FieldValue)
        has_value = "" if is_plain else "AND value IS NOT NULL"
        return (
            f"CASE WHEN NOT is_skipped AND NOT is_other AND is_known AND {_IN_RANGE} "
            f"{has_value} AND quantity >= 0 {self._whole(steps)} {extra} "
            f"THEN {Reason.RATED} "
            f"WHEN is_skipped THEN {Reason.SKIPPED} "
            f"WHEN is_other THEN {Reason.NO_EVENT} "
            f"WHEN ({known}) IS NULL THEN {Reason.NO_ID} "
            f"WHEN ({_IN_RANGE}) IS NOT TRUE THEN {Reason.BAD_TIME} "
            f"WHEN ({value}) IS NULL THEN {Reason.NO_IDENTIFIER} "
            f"WHEN ({measured}) IS NULL THEN {Reason.BAD_QUANTITY} "
            f"WHEN ({measured}) < 0 THEN {Reason.NEGATIVE_QUANTITY} "
            f"WHEN ({steps}) IS NULL OR ({steps}) > {MAX_QUANTITY}::HUGEINT "
            f"THEN {Reason.QUANTITY_TOO_LARGE} "
            f"WHEN ({steps}) % 1 <> 0 THEN {Reason.FRACTION_OF_STEP}{no_amount} "
            f"ELSE {Reason.FRACTION_OF_STEP} END::UTINYINT"
        )

    def where(self) -> str:
        """Keep a record for each event it has; the first one stands for a record of none."""
        if len(self.feed.events) == 1 and self.event.criterion is None:
            return ""
        if self.event is not self.feed.events[0]:
            return f"WHERE NOT {self.skip()} AND {self.has(self.event)}"
        others = [self.has(each) for each in self.feed.events[1:]]
        if not others:
            return ""
        return f"WHERE {self.skip()} OR {self.has(self.event)} OR NOT ({' OR '.join(others)})"

    def _is_other(self) -> str:
        """Give the SQL that is true of a record that has none of the feed's events."""
        if self.event is not self.feed.events[0]:
            return "false"
        return f"(NOT {self.has(self.event)})"

    def has(self, event: FeedEvent) -> str:
        """Give the SQL that is true of a record that has an event of the feed."""
        holds = "true"
        if event.criterion is not None:
            holds = expressions.condition(event.criterion, self.field, self.number)
        if not self.is_exceptions or event.name is None:
            return holds
        asked = f"coalesce({ORIGIN_EVENT}, '') IN ('', {sql.text(event.name)})"
        return f"({asked} AND {holds})"

    def skip(self) -> str:
        """Give the SQL that is true of a record that is no usage."""
        conditions = [
            expressions.condition(each, self.field, self.number) for each in self.feed.skip
        ]
        return f"({' OR '.join(conditions)})" if conditions else "false"

    def _value(self, tree: Expression) -> str:
        return expressions.value(tree, self.field, self.number)

    def measured(self) -> str:
        """Give the SQL of the exact number that the event's quantity is written as."""
        return expressions.number(self.event.quantity, self.field, self.number)

    def quantity(self, steps: str) -> str:
        """Give the SQL of a quantity, from that of its exact number of steps."""
        read = f"TRY_CAST({steps} AS BIGINT)"
        tree = self.event.quantity
        if self.event.steps_per_unit != 1 or not isinstance(tree, FieldValue):
            return read
        if self._quantity_text() is not None:
            return f"CASE WHEN {WHOLE} IS NOT NULL THEN {WHOLE} ELSE {read} END"
        is_fitting = self.types[tree.name] in _FITTING
        return f"{raw_field(tree.name)}::BIGINT" if is_fitting else read

    def _quantity_text(self) -> str | None:
        """Give the SQL of the text that is the whole quantity; None: it is worked out."""
        tree = self.event.quantity
        return self.field(tree.name) if self.plain(tree) and isinstance(tree, FieldValue) else None

    def whole_field(self) -> str | None:
        """Give the field that is the quantity, a whole number or a text; None: none is."""
        tree = self.event.quantity
        if not isinstance(tree, FieldValue):
            return None
        is_whole = self.types[tree.name] in ("BIGINT", "INTEGER")
        return tree.name if is_whole or self._quantity_text() is not None else None

    def _whole(self, steps: str) -> str:
        """Give SQL that asks for a whole number of steps; integers need not be asked."""
        fields = expressions.fields_of(self.event.quantity)
        is_whole = all(self.types[name] in _INTEGERS for name in fields)
        if is_whole and not expressions.has_fraction(self.event.quantity):
            return ""
        asked = f"({steps}) % 1 = 0"
        if self._quantity_text() is None:
            return f"AND {asked}"
        return f"AND CASE WHEN {WHOLE} IS NOT NULL THEN true ELSE {asked} END"

    def steps(self) -> str:
        """Give the SQL of the exact number of the steps of its unit that an event has."""
        measured = self.measured()
        if self.event.steps_per_unit == 1:
            return measured
        return f"TRY({measured} * {self.event.steps_per_unit}::HUGEINT)"

    def _money(self) -> dict[str, str]:
        """Give the SQL of amount, amount_currency and amount_reason (NULL: nothing is wrong)."""
        amount = self.feed.amount
        if amount is None:
            return {
                "amount": f"NULL::{AMOUNT_TYPE}",
                "amount_currency": "NULL::VARCHAR",
                "amount_reason": "NULL::UTINYINT",
            }
        number = expressions.number(amount.expression, self.field, self.number)
        exact = f"TRY_CAST({number} AS {AMOUNT_TYPE})"
        fields = dict.fromkeys(expressions.fields_of(amount.expression))
        is_given = " OR ".join(f"{self.field(name)} IS NOT NULL" for name in fields) or "true"
        currency = self._currency(amount)
        is_known = f"coalesce({currency} IN ({sql.texts(self.currencies) or 'NULL'}), false)"
        return {
            "amount": exact,
            "amount_currency": f"CASE WHEN {exact} IS NOT NULL THEN {currency} END",
            "amount_reason": (
                f"CASE WHEN NOT ({is_given}) THEN NULL WHEN {exact} IS NULL "
                f"OR TRY({exact} = {number}) IS NOT TRUE THEN {Reason.BAD_AMOUNT} "
                f"WHEN {number} < 0 THEN {Reason.NEGATIVE_AMOUNT} "
                f"WHEN NOT {is_known} THEN {Reason.BAD_CURRENCY} END"
            ),
        }

    def _currency(self, amount: FeedAmount) -> str:
        if amount.currency is not None:
            return sql.text(amount.currency)
        assert amount.currency_field is not None
        return self.field(amount.currency_field)

    def _instant(self) -> str:
        name = self.feed.time_field
        column, kind = raw_field(name), self.types[name]
        if kind in ZONED_TYPES:
            return f"timezone('UTC', {column}::TIMESTAMPTZ)"
        if is_time(kind):
            return self.clock.in_utc(f"{column}::TIMESTAMP")
        field = self.field(name)
        if self.feed.time_epoch:
            read = since_1970(self.number(name), self.feed.time_epoch)
        else:
            read = text_instant(field, LOCAL, self.feed.time_pattern, self.clock)
        if self.is_exceptions:
            written = f"regexp_matches({field}, {sql.text(_WRITTEN_TIME)})"
            return f"CASE WHEN {written} THEN TRY_CAST({field} AS TIMESTAMP) ELSE {read} END"
        return read

    def _local(self) -> str | None:
        """Give the SQL of the local time that a text says; None: there is none to ask for."""
        name, pattern = self.feed.time_field, self.feed.time_pattern
        kind = self.types[name]
        if self.feed.time_epoch or kind in ZONED_TYPES or is_time(kind):
            return None
        if pattern is None:
            return f"TRY_CAST({self.field(name)} AS TIMESTAMP)"
        return None if is_zoned(pattern) else by_pattern(self.field(name), pattern)


def _joined(parts: Sequence[str]) -> str:
    return f" || chr({ord(ID_SEPARATOR)}) || ".join(parts)


def select_events(
    columns: Mapping[str, str], reason: str, records: str, fields: Sequence[str] = ()
) -> str:
    """Give the SELECT of events, from the SQL of their columns and a FROM clause of records.

    `fields`: columns of the records to have beside.
    """
    judged = ("is_known", "is_skipped", "is_other", "amount_reason")
    shown = ", ".join([*(column for column in columns if column not in judged), *fields])
    read = ", ".join(f"{text} AS {column}" for column, text in columns.items())
    return f"""
        SELECT file, position, {shown}, {reason} AS reason
        FROM (SELECT *, {read} FROM {records})
    """
