"""The reference: taxes, bill groups, statuses, lifecycles, what is counted, where and when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from compiler.catalog.base import Entity
from compiler.catalog.billing import BillGroup, Tax
from compiler.catalog.counting import CountingRule
from compiler.catalog.model import Catalog
from compiler.catalog.services import Lifecycle
from compiler.catalog.zones import BandHours, TimeBand, Zone
from proving.pricesheet.model import (
    Cell,
    Chapter,
    Code,
    Item,
    Row,
    Table,
    Way,
    Ways,
    anchor,
    facts,
    joined,
    table,
)
from proving.pricesheet.usage import ROWS_SHOWN
from proving.pricesheet.words import Words, condition
from runtime.program.terms import NEW, StatusBase

SCOPES = {
    "account": "on the account",
    "account_tree": "on the account and all accounts below it",
    "account_package": "in one account package",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def reference(catalog: Catalog, words: Words) -> tuple[Chapter, ...]:
    """Give a chapter for each kind of thing that stands behind the prices."""
    bases: dict[str, StatusBase] = {each.id: each.base for each in catalog.service_statuses}
    return (
        Chapter("Taxes", "", tuple(map(_tax, catalog.taxes))),
        Chapter("Bill groups", "", tuple(_bill_group(each, words) for each in catalog.bill_groups)),
        Chapter("Lifecycles", "", tuple(_lifecycle(each, bases) for each in catalog.lifecycles)),
        Chapter(
            "Statuses",
            "A service is charged while its status and its package's are billable.",
            (),
            tuple(_statuses(catalog)),
        ),
        Chapter(
            "Counting rules",
            "How many there are decides the tier of the prices that go by a rule.",
            tuple(_rule(each, words) for each in catalog.counting_rules),
        ),
        Chapter(
            "Usage classes",
            "Of the classes of its measure, the first whose condition holds is an event's.",
            tuple(
                Item(
                    anchor("usage_class", each.id),
                    each.id,
                    each.id,
                    (each.measure, *(() if each.type is None else (each.type,))),
                    each.description,
                    (facts(("Events with", condition(each.criterion) or "any")),),
                )
                for each in catalog.usage_classes
            ),
        ),
        Chapter("Units", "", (), tuple(_units(catalog, words))),
        Chapter("Zones", "", tuple(_zones(catalog))),
        Chapter("Time bands", "", tuple(_band(each) for each in catalog.time_bands)),
    )


def _item(kind: str, own: Entity, *blocks: Table | Ways, tags: tuple[str, ...] = ()) -> Item:
    return Item(anchor(kind, own.id), own.id, own.id, tags, own.description, blocks)


def _tax(own: Tax) -> Item:
    rows: list[Row] = [
        {
            "Tax class": (Code(rate.tax_class),),
            "Jurisdiction": (rate.jurisdiction,),
            "From": () if rate.start is None else (str(rate.start),),
            "Rate": (f"{rate.percent.normalize():f}%",),
        }
        for rate in own.rates
    ]
    if own.otherwise is not None:
        rows.append(
            {"Tax class": ("otherwise",), "Rate": (f"{own.otherwise.percent.normalize():f}%",)}
        )
    exemptions: list[Row] = [
        {"Exemption": (Code(each.id),), "On the invoice": (each.text,)} for each in own.exemptions
    ]
    heads = ("Tax class", "Jurisdiction", "From", "Rate")
    return _item(
        "tax",
        own,
        table(heads, rows, figures=("Rate",)),
        *((table(("Exemption", "On the invoice"), exemptions),) if exemptions else ()),
        tags=("prices include it" if own.included_at is not None else "on top of prices",),
    )


def _bill_group(own: BillGroup, words: Words) -> Item:
    attached = ", ".join(f"{each.report} as {each.format}" for each in own.attachments)
    return Item(
        anchor=anchor("bill_group", own.id),
        title=own.id,
        name=own.id,
        tags=(),
        description=own.description,
        blocks=(
            facts(
                ("Bill day", str(own.bill_day)),
                ("Due", f"{own.terms_days} days after the invoice's date"),
                ("Delivered", "by e-mail" if own.delivery == "email" else "offline"),
                ("With", attached),
                ("Zero invoices", "" if own.are_zero_invoices_sent else "not made out"),
                ("Waits", f"below {words.moneys(own.carry_forward)}" if own.carry_forward else ""),
            ),
        ),
    )


def _lifecycle(own: Lifecycle, bases: Mapping[str, StatusBase]) -> Item:
    used = {name for way in own.transitions for name in (*way.sources, way.destination)}
    start: list[tuple[str, StatusBase | None]] = [(NEW, None)]
    return _item(
        "lifecycle",
        own,
        Ways(
            statuses=(*start, *((name, base) for name, base in bases.items() if name in used)),
            ways=tuple(
                Way(each.id, each.description, each.sources, each.destination)
                for each in own.transitions
            ),
        ),
    )


def _statuses(catalog: Catalog) -> Iterator[Table]:
    for head, family in (
        ("Service status", catalog.service_statuses),
        ("Package status", catalog.package_statuses),
    ):
        rows: list[Row] = [
            {
                head: (Code(each.id),),
                "Is": (each.base.replace("_", "-"),),
                "Meaning": (each.description,) if each.description else (),
            }
            for each in family
        ]
        if rows:
            yield table((head, "Is", "Meaning"), rows)


def _units(catalog: Catalog, words: Words) -> Iterator[Table]:
    """Give the units of the catalog's own, by what they hold."""
    rows: list[Row] = [
        {
            "Unit": (Code(each.id),),
            "Is": (words.quantity(each.unit.steps, each.unit.measure),),
            "Meaning": (each.description,) if each.description else (),
        }
        for each in catalog.units
    ]
    if rows:
        yield table(("Unit", "Is", "Meaning"), rows)


def _rule(own: CountingRule, words: Words) -> Item:
    return Item(
        anchor=anchor("counting_rule", own.id),
        title=own.id,
        name=own.id,
        tags=(),
        description=own.description,
        blocks=(
            facts(
                ("Counts", joined(words.to(own.counts, each.id) for each in own.things)),
                ("In", joined(Code(each.id) for each in own.statuses) or "any billable status"),
                ("Of packages in", joined(Code(each.id) for each in own.package_statuses)),
                ("Where", SCOPES[own.scope]),
            ),
        ),
    )


def _zones(catalog: Catalog) -> Iterator[Item]:
    """Give the zones; of those of a file the first."""
    paths = {each.id: each.path for each in catalog.zone_tables}
    sizes = Counter(each.table for each in catalog.zones)
    for own in catalog.zones:
        if own.table is None:
            yield _item("zone", own, table(("Countries", "Numbers"), [_places(own)]))
    for own_table in catalog.zone_tables:
        members = [each for each in catalog.zones if each.table == own_table.id]
        rows: list[Row] = [
            {"Zone": (Code(each.id),), **_places(each)} for each in members[:ROWS_SHOWN]
        ]
        count = sizes[own_table.id]
        path = paths[own_table.id]
        note = f"The first {ROWS_SHOWN} of {count:,} zones of {path}."
        yield _item(
            "zone_table",
            own_table,
            table(("Zone", "Countries", "Numbers"), rows, note=note if count > len(rows) else None),
            tags=(f"{count:,} zones", path),
        )


def _places(own: Zone) -> Row:
    return {
        "Countries": _first(own.countries),
        "Numbers": _first(tuple(f"{each}…" for each in own.prefixes)),
    }


def _first(names: tuple[str, ...]) -> Cell:
    more = len(names) - ROWS_SHOWN
    shown = ", ".join(names[:ROWS_SHOWN])
    return () if not names else (f"{shown} and {more:,} more" if more > 0 else shown,)


def _band(own: TimeBand) -> Item:
    days: dict[str, list[tuple[int, int]]] = {}
    for hours in own.hours:
        days.setdefault(_day(hours), []).append((hours.start, hours.end))
    rows: list[Row] = [
        {"Day": (day,), "Hours": (", ".join(map(_stretch, _merged(hours))),)}
        for day, hours in days.items()
    ]
    return _item("time_band", own, table(("Day", "Hours"), rows))


def _merged(hours: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Give stretches `[start, end)` of a day in order, those that touch as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(hours):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _day(own: BandHours) -> str:
    return str(own.day) if own.weekday is None else WEEKDAYS[own.weekday]


def _stretch(hours: tuple[int, int]) -> str:
    return " to ".join(map(_clock, hours))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
