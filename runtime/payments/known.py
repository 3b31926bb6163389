"""What the ledger, and where there is one the book, know of accounts that pay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from duckdb import DuckDBPyConnection
from sqlalchemy import Connection, func, select

from runtime.engine import fill_table
from runtime.ledger.schema import all_lines, invoices, payments
from runtime.payments.checks import GivenPayment, Known, KnownAccount, KnownInvoice
from runtime.payments.ledger import in_groups, read_payments
from runtime.payments.model import Payment
from runtime.program.model import Program


def known_to_ledger(ledger: Connection, given: Sequence[GivenPayment], until: date) -> Known:
    """Give what the ledger alone knows: accounts that were invoiced, or paid before."""
    names = {each.account for each in given if each.account is not None}
    accounts = _invoiced(ledger, names)
    strangers = names - accounts.keys()
    return Known(
        accounts | _served(ledger, strangers),
        _invoices(ledger, given),
        _recorded(ledger, given),
        until,
        _spelt_nearly(ledger, strangers),
    )


def known_to_book(
    connection: DuckDBPyConnection,
    program: Program,
    ledger: Connection,
    given: Sequence[GivenPayment],
    until: date,
) -> Known:
    """Give what the ledger knows and the book adds: accounts that are still to be invoiced."""
    names = sorted({each.account for each in given if each.account is not None})
    accounts = dict(_invoiced(ledger, names))
    places = {currency.code: currency.minor_units for currency in program.currencies}
    fill_table(connection, "book.payers", {"account": "VARCHAR"}, [(name,) for name in names])
    for account, invoicer, currency in connection.execute("""
        SELECT a.account, a.invoicer, a.currency FROM book.accounts AS a
        JOIN book.payers AS p ON p.account = a.account WHERE a.type <> 'owner'
    """).fetchall():
        own = {currency: places[currency]} if invoicer in (None, account) else {}
        before = accounts.get(account)
        if before is not None:
            accounts[account] = KnownAccount({**before.currencies, **own})
        else:
            accounts[account] = KnownAccount(own, None if own else invoicer)
    connection.execute("DROP TABLE book.payers")
    return Known(accounts, _invoices(ledger, given), _recorded(ledger, given), until)


def _invoiced(ledger: Connection, names: Iterable[str]) -> dict[str, KnownAccount]:
    """Give the accounts that received invoices or paid."""
    currencies: dict[str, dict[str, int]] = {}
    for some in in_groups(names):
        for table, account in ((invoices, invoices.c.invoicer), (payments, payments.c.account)):
            query = select(account, table.c.currency, table.c.minor_units).distinct()
            for name, currency, places in ledger.execute(query.where(account.in_(some))):
                currencies.setdefault(name, {})[currency] = places
    return {name: KnownAccount(its) for name, its in currencies.items()}


def _served(ledger: Connection, names: Iterable[str]) -> dict[str, KnownAccount]:
    """Give the accounts whose charges another account was invoiced for."""
    found = {}
    for some in in_groups(names):
        served = (
            select(all_lines.c.account, invoices.c.invoicer)
            .join(invoices, invoices.c.number == all_lines.c.invoice)
            .where(all_lines.c.account.in_(some))
            .order_by(all_lines.c.line_id)
        )
        for name, invoicer in ledger.execute(served):
            found[name] = KnownAccount({}, invoicer)
    return found


def _spelt_nearly(ledger: Connection, names: Iterable[str]) -> dict[str, str]:
    """Give the account that differs from a name in case, or in space around it, only."""
    meant = {name.strip().lower(): name for name in names}
    found = {}
    for some in in_groups(meant):
        plain = func.lower(invoices.c.invoicer)
        query = select(invoices.c.invoicer).where(plain.in_(some)).distinct()
        for account in ledger.execute(query.order_by(invoices.c.invoicer)).scalars():
            found[meant[account.lower()]] = account
    return found


def _invoices(ledger: Connection, given: Sequence[GivenPayment]) -> dict[str, KnownInvoice]:
    names = {
        word.partition("=")[0] for each in given if each.invoices for word in each.invoices.split()
    }
    query = select(invoices.c.number, invoices.c.invoicer, invoices.c.currency, invoices.c.kind)
    return {
        number: KnownInvoice(account, currency, kind == "credit_note")
        for some in in_groups(names)
        for number, account, currency, kind in ledger.execute(
            query.where(invoices.c.number.in_(some))
        )
    }


def _recorded(ledger: Connection, given: Sequence[GivenPayment]) -> dict[str, Payment]:
    return read_payments(ledger, (each.payment for each in given if each.payment is not None))
