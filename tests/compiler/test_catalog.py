"""Defaults and sugar: what a short text means in full."""

from decimal import Decimal

import pytest

from compiler.standards import country_codes, minor_units
from runtime.program.model import Program
from runtime.program.plain import PlainPrice, plain_prices
from runtime.program.time_zones import zone_names
from runtime.program.units import UNITS
from tests.compiler.catalogs import TINY, codes_of, compile_text


def program_of(text: str) -> Program:
    compilation = compile_text(TINY + text)
    assert [found.message for found in compilation.diagnostics] == []
    assert compilation.program is not None
    return compilation.program


LINE = """\
service line {
  type  recurring
  price monthly  5.00 USD
}
"""


@pytest.mark.feature("A3")
@pytest.mark.parametrize(
    ("written", "minimum", "maximum", "default"),
    [
        ("", 1, 1, 1),
        ("2..50", 2, 50, 2),
        ("1..50 default 3", 1, 50, 3),
        ("0..5", 0, 5, 0),
        ("optional", 0, 1, 0),
        ("optional up to 8", 0, 8, 0),
    ],
)
def test_instances(written: str, minimum: int, maximum: int, default: int) -> None:
    program = program_of(
        f"{LINE}\npackage business {{\n  bills    monthly\n  service  line {written}\n}}\n"
    )
    (row,) = program.package_services
    assert (row.minimum, row.maximum, row.default) == (minimum, maximum, default)


@pytest.mark.feature("A2")
def test_frequencies_are_named_as_the_book_names_them() -> None:
    frequencies = ("monthly", "quarterly", "semi_annually", "yearly", "every 2 months")
    prices = "".join(f"  price {one}  5.00 USD\n" for one in frequencies)
    program = program_of(
        f"service line {{\n  type  recurring\n{prices}}}\n\n"
        f"package business {{\n  bills    {', '.join(frequencies)}\n  service  line\n}}\n"
    )
    assert [(row.name, row.months) for row in program.package_frequencies] == [
        ("monthly", 1),
        ("quarterly", 3),
        ("semi_annually", 6),
        ("yearly", 12),
        ("every_2_months", 2),
    ]


@pytest.mark.feature("A1")
def test_package_bills_in_advance_on_the_bill_day_from_the_sale() -> None:
    program = program_of(f"{LINE}\npackage business {{\n  bills    monthly\n  service  line\n}}\n")
    (package,) = program.packages
    assert (package.timing, package.alignment, package.activation) == (
        "advance",
        "bill_day",
        "sale",
    )
    assert (package.title, package.currencies) == ("business", ("USD",))


@pytest.mark.feature("A24")
def test_bill_group_bills_on_the_first_and_is_due_at_once() -> None:
    (group,) = program_of("bill group plain {\n}\n").bill_groups
    assert (group.bill_day, group.terms_days) == (1, 0)


@pytest.mark.feature("A9")
def test_price_without_statuses_holds_in_every_billable_status() -> None:
    program = program_of(
        "service status ordered = non_billable\nservice status active = billable\n"
        "service status paused = billable\nservice status ended = canceled\n"
        "lifecycle life {\n  order  new -> ordered\n  start  ordered -> active\n"
        "  pause  active -> paused\n  end    paused -> ended\n}\n"
        "service line {\n  type       recurring\n  lifecycle  life\n  price monthly 5.00 USD\n}\n"
    )
    plain = plain_prices(program)
    assert [(row.status, plain[row.price].amount) for row in program.recurring_prices] == [
        ("active", Decimal("5.00")),
        ("paused", Decimal("5.00")),
    ]


@pytest.mark.feature("A10")
def test_one_time_price() -> None:
    program = program_of("service setup {\n  type   non_recurring\n  price  50.00 USD\n}\n")
    plain = plain_prices(program)
    assert [(row.service, plain[row.price].amount) for row in program.one_time_prices] == [
        ("setup", Decimal("50.00"))
    ]


@pytest.mark.feature("A14")
@pytest.mark.parametrize(
    ("measure", "written", "amount", "per", "unit", "event_amount"),
    [
        ("data", "1.20 USD per GB", "1.20", 10**9, "GB", "0"),
        ("data", "1.20 USD per GiB", "1.20", 2**30, "GiB", "0"),
        ("time", "0.10 USD per minute", "0.10", 60, "minute", "0"),
        ("count", "0.02 USD each", "0.02", 1, "each", "0"),
        ("time", "0.40 USD per event", "0", 1, "event", "0.40"),
        ("time", "1.50 USD per minute + 0.40 USD per event", "1.50", 60, "minute", "0.40"),
    ],
)
def test_rates(
    measure: str, written: str, amount: str, per: int, unit: str, event_amount: str
) -> None:
    program = program_of(
        f"usage class traffic measured in {measure}\n"
        f"rate group group {{\n  traffic  {written}\n}}\n"
        "rate plan plan {\n  group\n}\n"
        "service line {\n  type           recurring\n  identified by  phone\n"
        "  usage monthly {\n    rates  plan\n  }\n}\n"
    )
    (row,) = program.rates
    assert plain_prices(program)[row.price] == PlainPrice(
        Decimal(amount), per, unit, Decimal(event_amount)
    )


@pytest.mark.feature("A16")
def test_whole_bucket_is_not_prorated() -> None:
    program = program_of(
        "usage class traffic measured in data\n"
        "rate group group {\n  traffic  1.00 USD per GB\n}\n"
        "rate plan plan {\n  group\n}\n"
        "base bucket all {\n  classes  traffic\n  unit     MB\n}\n"
        "bucket some of all {\n  recurring    monthly whole\n  up to 0.5 GB  included\n"
        "  beyond       rated\n}\n"
        "service line {\n  type           recurring\n  identified by  phone\n"
        "  usage monthly {\n    rates   plan\n    bucket  some\n  }\n}\n"
    )
    (bucket,) = program.buckets
    assert not bucket.prorate
    assert (bucket.unit, bucket.steps_per_unit) == ("MB", 1_000_000)
    assert program.bucket_tiers[0].upper == 500_000_000


@pytest.mark.feature("A13")
def test_criteria_are_compiled_with_chains_as_one_list_and_zones_as_countries() -> None:
    program = program_of(
        "zone america = countries US, CA\n"
        "feed calls {\n  format     csv\n  id         call_id\n  at         started\n"
        "  service    phone\n  quantity   seconds * 60 in s\n  attribute  kind\n"
        "  attribute  country\n  attribute  size = 1 + width\n}\n"
        "service line {\n  type           recurring\n  identified by  phone\n}\n"
        'usage class voice measured in time when kind == "call" and country in america'
        " and not size > 3\n"
    )
    (voice,) = program.usage_classes
    assert voice.criterion is not None
    assert voice.criterion.model_dump() == {
        "op": "and",
        "operands": (
            {
                "op": "compare",
                "operator": "==",
                "left": {"op": "field", "name": "kind"},
                "right": {"op": "text", "value": "call"},
                "numeric": False,
            },
            {
                "op": "in",
                "value": {"op": "field", "name": "country"},
                "countries": ("CA", "US"),
            },
            {
                "op": "not",
                "operand": {
                    "op": "compare",
                    "operator": ">",
                    "left": {"op": "field", "name": "size"},
                    "right": {"op": "number", "value": Decimal(3)},
                    "numeric": True,
                },
            },
        ),
    }
    (feed,) = program.feeds
    assert feed.columns == ("call_id", "started", "phone", "seconds", "kind", "country", "width")
    assert (feed.time_pattern, feed.timezone) == (None, "UTC")


@pytest.mark.feature("A20")
@pytest.mark.parametrize(
    ("currency", "digits"), [("CAD", 2), ("JPY", 0), ("KWD", 3), ("XAU", None)]
)
def test_minor_units_are_those_of_iso_4217(currency: str, digits: int | None) -> None:
    assert minor_units(currency) == digits


def test_countries_are_the_249_of_iso_3166_1() -> None:
    assert len(country_codes()) == 249
    assert {"CA", "US", "GB", "TW"} <= country_codes()
    assert not {"UK", "EU", "XK", "ZZ"} & country_codes()


def test_time_zones_are_those_of_the_iana_list() -> None:
    assert {"UTC", "America/Toronto", "Asia/Kathmandu"} <= zone_names()


def test_units_are_whole_steps() -> None:
    assert UNITS["TB"].steps == 10**12
    assert UNITS["TiB"].steps == 2**40
    assert UNITS["hour"].steps == 3600


def test_warnings_do_not_keep_a_program_from_being_made() -> None:
    compilation = compile_text(TINY + "zone nowhere = countries FR\n")
    assert codes_of(compilation) == ["RB120"]
    assert compilation.program is not None
