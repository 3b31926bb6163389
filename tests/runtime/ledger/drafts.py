"""Invoices to be posted, as the assembling stage hands them over."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from runtime.invoice.draft import Draft, DraftLine, DueLine
from runtime.invoice.model import AccountSummary, Invoice, Party, Totals
from runtime.ledger.post import post_invoices, post_run
from runtime.tax import AppliedRate, LineTaxes
from tests.runtime.programs import connectivity_program

AS_OF = date(2026, 2, 1)
PARTY = Party.model_validate(
    dict.fromkeys(Party.model_fields) | {"account": "A1", "name": "Customer"}
)


def draft(minor: int = 8000) -> Draft:
    rate = AppliedRate("sales_tax", "telecom", "CA-ON", Decimal("13"), None)
    due = DueLine(
        ordinal=1,
        kind="recurring",
        account="A1",
        invoicer="A1",
        account_package="P1",
        account_service="S1",
        package="business_connectivity",
        sold_service="access",
        months=1,
        recurring_timing="advance",
        jurisdiction="CA-ON",
        is_exempt=False,
        service="access",
        status="active",
        transition=None,
        usage_class=None,
        bucket=None,
        tier=None,
        occurrence=None,
        period_start=date(2026, 1, 1),
        period_end=date(2026, 2, 1),
        full_start=date(2026, 1, 1),
        full_end=date(2026, 2, 1),
        proration="days",
        days=31,
        full_days=31,
        quantity=1,
        unit_price=Decimal("80.000000000000"),
        minor=minor,
        currency="CAD",
        minor_units=2,
        source=None,
        tax_class="telecom",
        is_credit=False,
        corrects=None,
        posted_invoice=None,
        posted_line=None,
        posted_taxes=None,
        posted_path=None,
        posted_source_line=None,
        posted_text=None,
    )
    net = Decimal(minor).scaleb(-2)
    totals = Totals(net=net, tax=Decimal("0.00"), gross=net, paid=Decimal("0.00"), due=net)
    invoice = Invoice(
        format=1,
        number=None,
        kind="invoice",
        issue_date=AS_OF,
        due_date=AS_OF,
        currency="CAD",
        minor_units=2,
        locale="en_CA",
        catalog="connectivity",
        catalog_title="Northwind",
        seller=PARTY,
        bill_to=PARTY,
        recurring_start=None,
        recurring_end=None,
        usage_start=None,
        usage_end=None,
        sections=(),
        taxes=(),
        totals=totals,
        summary=AccountSummary(
            previous_balance=net, this_invoice=net, balance_due=net, due_date=AS_OF
        ),
        buckets=(),
        changes=(),
        usage_days=(),
        usage_days_total=0,
        usage_day_limit=60,
        bill_group="business",
        terms_days=30,
        run=None,
        fingerprint="",
        usage_cutoff=AS_OF,
    )
    return Draft(invoice, (DraftLine(1, due, LineTaxes((rate,), 0), None),))


def post(ledger: Connection, run: int, *drafts: Draft) -> list[str | None]:
    post_run(ledger, connectivity_program(), run=run, as_of=AS_OF, kept_events=0)
    posted = post_invoices(ledger, run=run, owner="northwind", drafts=drafts)
    return [invoice.number for invoice in posted]
