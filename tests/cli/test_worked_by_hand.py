"""Lines of the README's invoice, worked by hand from the price sheet to the cent.

Nothing of the engine is used for the expected figures: the raw usage files are read with
the standard library, and the arithmetic stands in the comments.
"""

import csv
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.cli.conftest import CONNECTIVITY, Ratebook
from tests.cli.test_bill import billed, invoice_of  # noqa: F401 - a fixture

JANUARY, FEBRUARY = "2026-01-01", "2026-02-01"
GB = 1_000_000_000
MONTH = (datetime(2026, 1, 1, 5), datetime(2026, 2, 1, 5))  # noqa: DTZ001 - January in Toronto, UTC


def records() -> Iterator[dict[str, str]]:
    """Every well-formed record of January, once, in the order of its instant."""
    usage = CONNECTIVITY / "usage"
    with (usage / "sessions-2026-01-a.csv").open() as file:
        raw = [row for row in csv.DictReader(file) if row["country"]]
    for row in pq.read_table(usage / "sessions-2026-01-b.parquet").to_pylist():
        raw.append({name: str(value) for name, value in row.items()})
    seen: set[str] = set()
    for row in sorted(raw, key=lambda row: (row["started"], row["record_id"])):
        if row["record_id"] not in seen:
            seen.add(row["record_id"])
            yield row


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_UP)


def sessions_of(gateway: str, kind: str) -> Iterator[tuple[str, int]]:
    """Country and bytes of the gateway's sessions in January."""
    for row in records():
        if (row["gateway"], row["kind"]) != (gateway, kind):
            continue
        if MONTH[0] <= datetime.fromisoformat(row["started"]) < MONTH[1]:
            yield row["country"], int(row["bytes_up"]) + int(row["bytes_down"])


def lines_of(invoice: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        line
        for section in invoice["sections"]
        for package in section["packages"]
        for service in package["services"]
        for line in service["lines"]
    ]


def line_of(invoice: dict[str, Any], account_service: str, **wanted: object) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = (
        line
        for line in lines_of(invoice)
        if line["account_service"] == account_service
        and all(line[name] == value for name, value in wanted.items())
    )
    return found


@pytest.mark.feature("A13", "A14", "A15", "A16", "C4", "D4", "D6")
def test_web_data_beyond_the_bucket(billed: Path, ratebook: Ratebook) -> None:  # noqa: F811
    """Harbour Group's own web data: 50 GB included, 10 GB flat, the rest 1.20 a GB.

    Sessions in Canada, the United States and Mexico draw the bucket; those elsewhere cost
    4.00 CAD a GB and draw nothing.
    """
    home = abroad = 0
    for country, volume in sessions_of("GW-00001", "web"):
        if country in ("CA", "US", "MX"):
            home += volume
        else:
            abroad += volume
    assert home > 60 * GB, "this line is to show every tier"
    beyond = home - 60 * GB
    at_home, elsewhere = Decimal("1.20"), Decimal("4.00")
    expected = cents(Decimal(beyond) / GB * at_home + Decimal(abroad) / GB * elsewhere)

    invoice = invoice_of(billed, "A0001", FEBRUARY)
    line = line_of(invoice, "S0001-data", kind="usage", usage_class="web_data")
    assert Decimal(line["net"]) == expected
    assert Decimal(line["quantity"]) == Decimal(home + abroad) / GB
    flat = line_of(invoice, "S0001-data", kind="bucket")
    assert Decimal(flat["net"]) == Decimal("9.00")

    said = ratebook("explain", f"{invoice['number']}:{line['number']}", "--out", billed)
    assert said.code == 0
    assert f"rounded once = {expected} CAD" in said.out
    assert f"{Decimal(beyond) / GB} GB × 1.20 per GB" in said.out
    assert f"{Decimal(abroad) / GB} GB × 4.00 per GB" in said.out
    assert "usage.ratebook:19: web_data     to north_america  1.20 CAD per GB" in said.out
    first = next(iter(sorted(_places_of("GW-00001", "web"))))
    assert first in said.out


def _places_of(gateway: str, kind: str) -> Iterator[str]:
    with (CONNECTIVITY / "usage" / "sessions-2026-01-a.csv").open() as file:
        for number, row in enumerate(csv.DictReader(file), start=1):
            if (row["gateway"], row["kind"]) == (gateway, kind):
                yield f"sessions-2026-01-a.csv:{number}"
                return


@pytest.mark.feature("A6", "A9", "D1", "D2")
def test_a_suspension_in_mid_month_is_credited_and_charged_anew(
    billed: Path,  # noqa: F811
    ratebook: Ratebook,
) -> None:
    """Harbour Downtown's access line was paid for January as active and suspended on the 16th.

    January has 31 days; the 15 days to the 15th stay, 16 days are given back and charged as
    suspended.  A stretch is the difference of what is due up to its ends, each rounded:

        active      80.00 x 31/31 = 80.00    80.00 x 15/31 = 38.7096... -> 38.71    -41.29
        suspended   20.00 x 31/31 = 20.00    20.00 x 15/31 =  9.6774... ->  9.68    +10.32
    """
    invoice = invoice_of(billed, "A0001", FEBRUARY)
    january = {"period_start": "2026-01-16", "period_end": "2026-02-01"}
    credit = line_of(invoice, "S0002-access", status="active", **january)
    charge = line_of(invoice, "S0002-access", status="suspended", **january)
    assert (Decimal(credit["net"]), Decimal(charge["net"])) == (Decimal("-41.29"), Decimal("10.32"))
    assert credit["is_credit"]
    assert Decimal(credit["quantity"]) == -1
    corrected, _, number = credit["corrects"].partition(":")
    before = json.loads((billed / "invoices" / f"{corrected}.json").read_text())
    paid = line_of(before, "S0002-access", number=int(number))
    assert (paid["period_start"], Decimal(paid["net"])) == ("2026-01-01", Decimal("80.00"))

    said = ratebook("explain", f"{invoice['number']}:{charge['number']}", "--out", billed)
    assert "20.00 × 31 / 31, rounded = 20.00" in said.out
    assert "20.00 × 15 / 31, rounded = 9.68" in said.out
    assert "20.00 − 9.68 = 10.32 CAD" in said.out
    assert "services.ratebook:18: suspended  20.00 CAD, 15.00 USD" in said.out


@pytest.mark.feature("A2", "A8", "D1", "D3")
def test_a_first_partial_year_and_its_activation(billed: Path) -> None:  # noqa: F811
    """Harbour Warehouse bought the yearly package on 6 January and was activated on the 9th.

    The year runs from bill day to bill day: the first full one from 1 February 2026, so the
    first part lies in the year of 365 days before it.  23 days of January are billable:

        up to the end    864.00 x 365/365            = 864.00
        up to 8 January  864.00 x 342/365 = 809.5561 = 809.56     864.00 - 809.56 = 54.44
    """
    invoice = invoice_of(billed, "A0001", FEBRUARY)
    first = line_of(invoice, "S0005-access", kind="recurring", period_end="2026-02-01")
    assert (first["period_start"], Decimal(first["net"])) == ("2026-01-09", Decimal("54.44"))
    year = line_of(invoice, "S0005-access", kind="recurring", period_start="2026-02-01")
    assert (year["period_end"], Decimal(year["net"])) == ("2027-02-01", Decimal("864.00"))
    activation = line_of(invoice, "S0005-access", kind="transition")
    assert (activation["service"], Decimal(activation["net"])) == ("activation", Decimal("75.00"))
    assert activation["period_start"] == "2026-01-09"


@pytest.mark.feature("A1", "A7", "B4")
def test_a_pending_package_stops_its_services_charges(billed: Path) -> None:  # noqa: F811
    """The package of A0020 was pending from its sale on 8 December and opened on 20 January.

    Its access line was active all along; it is charged from the day the package opened, and
    its activation on 9 December, since a transition is charged when it occurs:

        80.00 x 31/31 = 80.00    80.00 x 19/31 = 49.0322... -> 49.03    80.00 - 49.03 = 30.97
    """
    before = invoice_of(billed, "A0020", JANUARY)
    lines = [line for line in lines_of(before) if line["kind"] != "transition"]
    assert lines == []
    assert Decimal(before["totals"]["net"]) == Decimal("75.00")
    invoice = invoice_of(billed, "A0020", FEBRUARY)
    line = line_of(invoice, "S0020-access", kind="recurring", period_end="2026-02-01")
    assert (line["period_start"], line["days"], line["full_days"]) == ("2026-01-20", 12, 31)
    assert Decimal(line["net"]) == Decimal("30.97")


@pytest.mark.feature("A21")
def test_tax_is_rounded_once_a_class_and_rate(billed: Path) -> None:  # noqa: F811
    """13% for the Ontario sites, 14.975% for the one in Quebec, each on the sum of its lines."""
    invoice = invoice_of(billed, "A0001", FEBRUARY)
    nets = {section["account"]: Decimal(section["subtotal"]) for section in invoice["sections"]}
    quebec = nets.pop("A0004")
    ontario = sum(nets.values())
    taxes = {tax["jurisdiction"]: tax for tax in invoice["taxes"]}
    assert Decimal(taxes["CA-ON"]["base"]) == ontario
    assert Decimal(taxes["CA-ON"]["amount"]) == cents(ontario * Decimal("0.13"))
    assert Decimal(taxes["CA-QC"]["amount"]) == cents(quebec * Decimal("0.14975"))
    assert Decimal(invoice["totals"]["gross"]) == quebec + ontario + sum(
        Decimal(tax["amount"]) for tax in invoice["taxes"]
    )
