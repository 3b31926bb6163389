"""A catalog of tills whose sales are usage, with an amount of money each, and its books."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from runtime.bill_result import BillResult
from runtime.explain.line import explain_line
from runtime.explain.text import render_text
from runtime.program.model import Program
from tests.compiler.catalogs import compile_text
from tests.runtime.bill.books import Book, customer, lines, write_csv

CATALOG = """\
catalog tills {
  currencies  CAD
  timezone    "UTC"
}

bill group business {
  bill day  1
  terms     net 30 days
}

feed sales {
  format     csv
  id         sale
  at         sold as "%Y-%m-%d %H:%M:%S" in "UTC"
  service    till
  quantity   units in count
  amount     value in CAD
}

service status ordered = non_billable
service status open    = billable
service status closed  = canceled

lifecycle desk {
  order  new -> ordered
  open   ordered -> open
  close  ordered, open -> closed
}

count open_tills = service till in open

usage class sale measured in count

base bucket sales_held {
  classes  sale
  unit     count
}

rate group cards {
  sale  PRICE
}

rate plan shop {
  cards
}

package store {
  bills    monthly in arrears
  service  till 1..10
}

service till "Till" {
  type           recurring
  lifecycle      desk
  identified by  till
  price monthly  10.00 CAD
  usage monthly {
    rates  shop
BUCKET  }
}
"""


@cache
def tills(price: str, bucket: str = "") -> Program:
    """Compile the catalog with a price of sales, and, where given, a bucket `held` of them."""
    use = "    bucket  held\n" if bucket else ""
    text = CATALOG.replace("PRICE", price).replace("BUCKET", use)
    if bucket:
        text += f"\nbucket held of sales_held {{\n  recurring  monthly\n  {bucket}\n}}\n"
    compiled = compile_text(text)
    assert compiled.program is not None, compiled.diagnostics
    return compiled.program


def store(*names: str, opened: str = "2026-01-01") -> Book:
    """Sell a store with tills of these names, open from a day on."""
    book = Book(customer("A"))
    given = {"account_package": "P1", "account": "A", "effective": "2026-01-01"}
    book.rows["account_packages"].append(given | {"package": "store", "frequency": "monthly"})
    for name in names:
        row = {"account_service": name, "account_package": "P1", "service": "till"}
        book.rows["account_services"].append(row)
        book.rows["identifiers"].append(
            {"account_service": name, "identifier": "till", "value": name}
        )
        book.change(name, "ordered", "2026-01-01")
        book.change(name, "open", opened)
    return book


def write_sales(path: Path, *sales: tuple[str, str, int, str]) -> str:
    """Write sales of the till T1: id, time in January 2026, units and amount."""
    columns = ("sale", "sold", "till", "units", "value")
    rows = (
        {"sale": sale, "sold": f"2026-01-{at}", "till": "T1", "units": units, "value": value}
        for sale, at, units, value in sales
    )
    write_csv(path, columns, rows)
    return str(path)


def usage_of(result: BillResult, service: str = "T1") -> list[str]:
    """Give the net amounts of a till's usage and bucket lines."""
    return [str(each.net) for each in lines(result, service) if each.kind in {"usage", "bucket"}]


def explained(result: BillResult, service: str = "T1", kind: str = "usage") -> str:
    """Explain the one line of a kind of a till."""
    (line,) = (each for each in lines(result, service) if each.kind == kind)
    (invoice,) = result.invoices
    return render_text(explain_line(invoice, line.number))
