"""The connectivity catalog, from its text to its program, worked by hand."""

from decimal import Decimal
from pathlib import Path

import pytest

from compiler.compile import Compilation, compile_folder, compile_sources
from compiler.dump import DUMPS
from dsl.source import Source
from runtime.program.artifact import read_artifact, to_bytes
from runtime.program.model import Program
from runtime.program.plain import plain_prices
from tests.compiler.cases import report
from tests.compiler.catalogs import CONNECTIVITY, connectivity_sources


@pytest.fixture(scope="module")
def compilation() -> Compilation:
    return compile_folder(CONNECTIVITY)


@pytest.fixture(scope="module")
def program(compilation: Compilation) -> Program:
    assert compilation.program is not None
    return compilation.program


@pytest.mark.feature("E1")
def test_it_is_clean(compilation: Compilation) -> None:
    assert compilation.diagnostics == ()


@pytest.mark.feature("A9", "A20")
def test_price_by_status_has_a_row_for_each_currency(program: Program) -> None:
    found = {
        (row.months, row.status, row.currency): plain_prices(program)[row.price].amount
        for row in program.recurring_prices
        if row.service == "access"
    }
    assert found == {
        (1, "active", "CAD"): Decimal("80.00"),
        (1, "active", "USD"): Decimal("60.00"),
        (1, "suspended", "CAD"): Decimal("20.00"),
        (1, "suspended", "USD"): Decimal("15.00"),
        (12, "active", "CAD"): Decimal("864.00"),
        (12, "active", "USD"): Decimal("648.00"),
        (12, "suspended", "CAD"): Decimal("216.00"),
        (12, "suspended", "USD"): Decimal("162.00"),
    }


@pytest.mark.feature("A9")
def test_price_of_a_service_without_lifecycle_holds_in_service(program: Program) -> None:
    found = [row for row in program.recurring_prices if row.service == "static_ip"]
    assert {row.status for row in found} == {"in_service"}
    assert len(found) == 4  # two frequencies, two currencies


@pytest.mark.feature("A8")
def test_transition_has_a_row_for_each_source(program: Program) -> None:
    found = [
        (row.from_status, row.to_status) for row in program.transitions if row.id == "terminate"
    ]
    assert found == [
        ("ordered", "cancelled"),
        ("active", "cancelled"),
        ("suspended", "cancelled"),
    ]


@pytest.mark.feature("A5")
def test_a_custom_service_type_stands_on_its_base(program: Program) -> None:
    assert {service.id: (service.type, service.base) for service in program.services} == {
        "access": ("access_charges", "recurring"),
        "activation": ("activation_fees", "fee"),
        "data": ("access_charges", "recurring"),
        "static_ip": ("access_charges", "recurring"),
    }


@pytest.mark.feature("A8")
def test_charged_transition_names_its_fee(program: Program) -> None:
    plain = plain_prices(program)
    found = [
        (row.service, row.transition, row.fee_service, row.currency, plain[row.price].amount)
        for row in program.transition_charges
    ]
    assert found == [
        ("access", "activate", "activation", "CAD", Decimal("75.00")),
        ("access", "activate", "activation", "USD", Decimal("55.00")),
    ]


@pytest.mark.feature("A1", "A2", "A3")
def test_package_holds_its_services_and_frequencies(program: Program) -> None:
    (package,) = program.packages
    assert (package.timing, package.activation) == ("advance", "first_billable_status")
    assert [(row.name, row.months) for row in program.package_frequencies] == [
        ("monthly", 1),
        ("yearly", 12),
    ]
    assert [
        (row.service, row.minimum, row.maximum, row.default) for row in program.package_services
    ] == [("access", 1, 50, 1), ("data", 1, 1, 1), ("static_ip", 0, 8, 0)]


@pytest.mark.feature("A16")
def test_bucket_bounds_are_bytes(program: Program) -> None:
    # 50 GB is 50 x 10^9 bytes; the last tier is open.
    assert [(row.upper, row.charge) for row in program.bucket_tiers] == [
        (50_000_000_000, "included"),
        (60_000_000_000, "flat"),
        (None, "rated"),
    ]
    (bucket,) = program.buckets
    assert bucket.classes == ("web_data",)
    assert bucket.prorate


@pytest.mark.feature("A14", "A15")
def test_rate_is_so_much_per_so_many_bytes(program: Program) -> None:
    plain = plain_prices(program)
    found = [
        (row.group, row.zone, row.currency, price.amount, price.per, price.unit)
        for row in program.rates
        for price in (plain[row.price],)
        if row.usage_class == "backup_data"
    ]
    assert found == [
        ("home", "north_america", "CAD", Decimal("0.40"), 10**9, "GB"),
        ("home", "north_america", "USD", Decimal("0.30"), 10**9, "GB"),
        ("abroad", None, "CAD", Decimal("4.00"), 10**9, "GB"),
        ("abroad", None, "USD", Decimal("3.00"), 10**9, "GB"),
    ]


@pytest.mark.feature("A26")
def test_feed_lists_the_columns_it_reads_in_order_of_use(program: Program) -> None:
    (feed,) = program.feeds
    assert feed.columns == (
        "record_id",
        "started",
        "gateway",
        "bytes_up",
        "bytes_down",
        "kind",
        "country",
    )


@pytest.mark.feature("A21")
def test_otherwise_is_a_tax_rate_of_every_class_and_place(program: Program) -> None:
    found = [(row.tax_class, row.jurisdiction, row.percent) for row in program.tax_rates]
    assert ("telecom", "CA-QC", Decimal("14.975")) in found
    assert found[-1] == ("*", "*", Decimal(0))


@pytest.mark.feature("C4")
def test_source_of_a_price_is_the_line_and_column_that_set_it(program: Program) -> None:
    (row,) = [
        row
        for row in program.recurring_prices
        if (row.service, row.months, row.status, row.currency) == ("access", 1, "active", "USD")
    ]
    place = program.sources[row.source]
    assert place.id == row.source
    assert place.text == "active     80.00 CAD, 60.00 USD"
    line = (CONNECTIVITY / place.path).read_text(encoding="utf-8").splitlines()[place.line - 1]
    assert line[place.column - 1 :] == "60.00 USD"


@pytest.mark.feature("E5")
def test_artifact_is_read_back_unchanged(program: Program, tmp_path: Path) -> None:
    file = tmp_path / "connectivity.program.json"
    file.write_bytes(to_bytes(program))
    assert read_artifact(file) == program


@pytest.mark.parametrize("stage", DUMPS)
def test_every_stage_can_be_printed(stage: str, compilation: Compilation) -> None:
    printed = DUMPS[stage](compilation)
    assert printed is not None
    assert printed.endswith("\n")
    assert printed == DUMPS[stage](compile_sources(connectivity_sources()))


BREAKS = (
    ("catalog.ratebook", "CA-QC 14.975%", "CA-QC 114.975%"),
    ("lifecycle.ratebook", "closed  = canceled", "closed  = cancelled"),
    ("packages.ratebook", "service     static_ip", "service     static_pi"),
    ("services.ratebook", "identified by  gateway", "identified by  gatewey"),
    ("services.ratebook", "    suspended  20.00 CAD, 15.00 USD\n", ""),
    ("usage.ratebook", "0.40 CAD per GB", "0.40 CAD per minute"),
)


@pytest.mark.feature("E1", "E2")
def test_six_faults_at_once_are_six_diagnostics_in_order_of_place() -> None:
    texts = {source.path: source.text for source in connectivity_sources()}
    for path, right, wrong in BREAKS:
        assert right in texts[path]
        texts[path] = texts[path].replace(right, wrong, 1)
    broken = compile_sources(Source(path, text) for path, text in texts.items())
    assert broken.program is None
    found = [line.split("] ", 1)[1] for line in report(broken).splitlines()]
    assert found == [
        "the tax `sales_tax` takes 114.975%",
        "`cancelled` is not a base of a status",
        "no service is called `static_pi`",
        "the service `access` has no monthly price for `suspended`",
        "no service is identified by `gateway`",
        "`backup_data` is measured in data, and is priced `per minute`, which is a unit of time",
    ]


@pytest.mark.feature("E2")
def test_a_missing_price_is_reported_where_the_row_is_missing() -> None:
    texts = {source.path: source.text for source in connectivity_sources()}
    _, row, _ = BREAKS[4]
    texts["services.ratebook"] = texts["services.ratebook"].replace(row, "", 1)
    broken = compile_sources(Source(path, text) for path, text in texts.items())
    (found,) = broken.diagnostics
    assert found.message == "the service `access` has no monthly price for `suspended`"
    assert found.help == "add `suspended  <amount> CAD, <amount> USD`"
