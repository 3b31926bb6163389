"""What holds for every invoice: each function names what does not, an empty tuple is well."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

from runtime.charges.proration import part_of
from runtime.invoice.model import Invoice, InvoiceLine


def all_lines(invoice: Invoice) -> Iterator[InvoiceLine]:
    """Give an invoice's lines in printed order."""
    for account in invoice.sections:
        for package in account.packages:
            for service in package.services:
                yield from service.lines


def broken_numbers(invoice: Invoice) -> tuple[str, ...]:
    """Line numbers run from 1 in printed order."""
    numbers = [line.number for line in all_lines(invoice)]
    expected = list(range(1, len(numbers) + 1))
    return () if numbers == expected else (f"lines are numbered {numbers}",)


def broken_subtotals(invoice: Invoice) -> tuple[str, ...]:
    """Lines add up to each subtotal, and subtotals to the net total."""
    found = []
    for account in invoice.sections:
        for package in account.packages:
            for service in package.services:
                if sum(line.net for line in service.lines) != service.subtotal:
                    found.append(f"service {service.account_service}: {service.subtotal}")
            if sum(service.subtotal for service in package.services) != package.subtotal:
                found.append(f"package {package.account_package}: {package.subtotal}")
        if sum(package.subtotal for package in account.packages) != account.subtotal:
            found.append(f"account {account.account}: {account.subtotal}")
    if sum(account.subtotal for account in invoice.sections) != invoice.totals.net:
        found.append(f"net {invoice.totals.net}")
    return tuple(found)


def broken_taxes(invoice: Invoice) -> tuple[str, ...]:
    """Tax lines add up to the tax total, and so do the lines' shares.

    A tax is its rate of its base, rounded; one that prices hold was rounded with its base.
    That of a credit note for a part of an invoice is the difference of two of them.
    """
    total = invoice.totals.tax
    found = []
    if sum(line.amount for line in invoice.taxes) != total:
        found.append(f"tax lines do not add up to {total}")
    if sum(line.tax for line in all_lines(invoice)) != total:
        found.append(f"the lines' taxes do not add up to {total}")
    for tax in invoice.taxes:
        exact = Fraction(tax.base) * Fraction(tax.percent) / 100
        smallest = Fraction(1, 10**invoice.minor_units)
        tolerance = smallest / (2 if tax.held_in_all is None else 1)
        if abs(Fraction(tax.amount) - exact) > tolerance * (1 if invoice.credits is None else 2):
            found.append(f"{tax.percent}% of {tax.base} is not {tax.amount}")
    return tuple(found)


def broken_totals(invoice: Invoice) -> tuple[str, ...]:
    """Net and tax make gross, gross less paid is due; the kind follows the sign."""
    totals, summary = invoice.totals, invoice.summary
    found = []
    if totals.net + totals.tax != totals.gross or totals.gross - totals.paid != totals.due:
        found.append(f"totals {totals}")
    if summary.this_invoice != totals.gross:
        found.append(f"summary {summary.this_invoice}")
    moved = sum((entry.amount for entry in summary.entries), summary.previous_balance)
    if summary.carried_forward not in (None, moved):
        found.append(f"carried forward {summary.carried_forward}")
    if moved + summary.this_invoice != summary.balance_due:
        found.append(f"balance due {summary.balance_due}")
    if (invoice.kind == "credit_note") != (totals.gross < 0):
        found.append(f"{invoice.kind} over {totals.gross}")
    return tuple(found)


def broken_places(invoice: Invoice) -> tuple[str, ...]:
    """Every amount has the currency's minor units as its places, and zero has no sign."""
    amounts = [
        *(line.net for line in all_lines(invoice)),
        *(line.charged for line in all_lines(invoice)),
        *(line.tax for line in all_lines(invoice)),
        *(tax.amount for tax in invoice.taxes),
        invoice.totals.net,
        invoice.totals.tax,
        invoice.totals.gross,
    ]
    return tuple(
        f"{amount}"
        for amount in amounts
        if amount.as_tuple().exponent != -invoice.minor_units
        or (amount == 0 and amount.is_signed())
    )


def broken_prices(invoice: Invoice) -> tuple[str, ...]:
    """A printed quantity times a printed price explains the amount within its rounding.

    A stretch of days is the difference of two rounded figures, so it may be one off.
    """
    found = []
    for line in all_lines(invoice):
        if line.unit_price is None:
            continue
        exact = Fraction(line.quantity) * Fraction(line.unit_price)
        if line.days is not None and line.full_start is not None and line.full_end is not None:
            first, until, whole = part_of(
                line.proration,
                (line.full_start, line.full_end),
                (line.period_start, line.period_end),
            )
            exact = exact * (until - first) / whole
        if abs(Fraction(line.charged) - exact) > Fraction(1, 10**invoice.minor_units):
            found.append(f"line {line.number}: {line.charged} is not {exact}")
    return tuple(found)


def broken_components(invoice: Invoice) -> tuple[str, ...]:
    """The parts of a usage line add up to its amount within its rounding, and to its quantity.

    A line that corrects another one is the difference of two rounded sums.
    """
    found = []
    for line in all_lines(invoice):
        if not line.components:
            continue
        total = sum((part.amount for part in line.components), Decimal(0))
        tolerance = Fraction(1, 10**invoice.minor_units)
        if abs(Fraction(line.charged) - Fraction(total)) > tolerance:
            found.append(f"line {line.number}: {line.charged} is not {total}")
    return tuple(found)


def broken_pricing(invoice: Invoice) -> tuple[str, ...]:
    """The rows of a tiered price add up to its amount, and that is the line's price."""
    found = []
    for line in all_lines(invoice):
        if line.pricing is not None:
            total = sum((row.amount for row in line.pricing.rows), Decimal(0))
            if not total == line.pricing.amount == line.unit_price:
                found.append(f"line {line.number}: {line.unit_price} is not {total}")
    return tuple(found)


INVARIANTS = (
    broken_numbers,
    broken_subtotals,
    broken_taxes,
    broken_totals,
    broken_places,
    broken_prices,
    broken_components,
    broken_pricing,
)


def broken_invariants(invoice: Invoice) -> tuple[str, ...]:
    """Name everything that does not hold for an invoice."""
    return tuple(fault for invariant in INVARIANTS for fault in invariant(invoice))
