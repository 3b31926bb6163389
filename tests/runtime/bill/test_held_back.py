"""Invoices over nothing or too little, which wait for a later run."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from runtime.bill_result import BillResult
from runtime.program.model import CarryForward, Program
from tests.runtime.bill.books import (
    Book,
    customer,
    lines,
    request,
    run,
    session,
    shown,
    write_usage,
)
from tests.runtime.programs import connectivity_program


def program_with(*, under: str | None = None, are_zero_invoices_sent: bool = True) -> Program:
    program = connectivity_program()
    groups = tuple(
        group.model_copy(update={"are_zero_invoices_sent": are_zero_invoices_sent})
        for group in program.bill_groups
    )
    carried = (
        ()
        if under is None
        else (CarryForward(bill_group="business", currency="CAD", under=Decimal(under), source=0),)
    )
    return program.model_copy(update={"bill_groups": groups, "carry_forwards": carried})


def grosses(result: BillResult) -> list[str]:
    return [str(invoice.totals.gross) for invoice in result.invoices]


@pytest.mark.feature("A24", "D5", "D9")
def test_a_small_total_waits_for_the_run_in_which_there_is_enough(tmp_path: Path) -> None:
    # January whole: 165.00 and 13 % are 186.45, below 200.00.  With February's 90.00 it is
    # 255.00 and 33.15 of tax: 288.15 in one invoice, the first of its series.
    program = program_with(under="200.00")
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    first = run(request(tmp_path, "2026-01-01", program=program))
    assert (first.invoices, first.held_back) == ((), 1)
    again = run(request(tmp_path, "2026-01-15", program=program))
    assert (again.invoices, again.held_back) == ((), 1)
    second = run(request(tmp_path, "2026-02-01", program=program))
    assert grosses(second) == ["288.15"]
    assert second.invoices[0].number == "INV-000001"
    assert second.held_back == 0
    assert run(request(tmp_path, "2026-02-02", program=program)).held_back == 0


@pytest.mark.feature("A24")
def test_a_total_at_the_bound_is_made_out(tmp_path: Path) -> None:
    program = program_with(under="186.45")
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    assert grosses(run(request(tmp_path, "2026-01-01", program=program))) == ["186.45"]


@pytest.mark.feature("A24", "C3", "D4", "D9")
def test_usage_that_waits_is_billed_though_its_period_ended_before_the_last_run(
    tmp_path: Path,
) -> None:
    # January's 70 GB: 9.00 for the flat tier and 10 GB at 1.20, 12.00.  The first run posts
    # January's 165.00 by itself.  By 1 February the flat tier, the usage and February's 90.00
    # are due: 111.00 and 14.43 of tax are 125.43, below 150.00, and wait.  By 1 March they are
    # billed with March's 90.00: 201.00 and 26.13.
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    book.write(tmp_path / "book")
    program = program_with(under="150.00")
    assert grosses(run(request(tmp_path, "2026-01-01", program=program))) == ["186.45"]
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    waiting = run(request(tmp_path, "2026-02-01", usage, program=program))
    assert (waiting.invoices, waiting.held_back) == ((), 1)
    third = run(request(tmp_path, "2026-03-01", program=program))
    assert grosses(third) == ["227.13"]
    kinds = {line.kind: str(line.net) for line in lines(third, "P1-data")}
    assert kinds == {"recurring": "10.00", "usage": "12.00", "bucket": "9.00"}
    assert run(request(tmp_path, "2026-03-02", program=program)).invoices == ()


@pytest.mark.feature("A24", "D2")
def test_a_credit_note_does_not_wait(tmp_path: Path) -> None:
    program = program_with(under="150.00")
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01")
    book.write(tmp_path / "book")
    run(request(tmp_path, "2026-01-01", program=program))
    book.change("P1-access", "suspended", "2026-01-16").write(tmp_path / "book")
    (note,) = run(request(tmp_path, "2026-01-20", program=program)).invoices
    assert (note.kind, str(note.totals.net)) == ("credit_note", "-30.97")


@pytest.mark.feature("A24", "D5")
@pytest.mark.parametrize("are_sent", [True, False])
def test_an_invoice_over_nothing_is_sent_or_suppressed(tmp_path: Path, *, are_sent: bool) -> None:
    # On 16 January one line is suspended and the other resumed: of the 16 days left, 41.29 at
    # 80.00 are given back of P1 and charged for P2, and 10.32 at 20.00 the other way.
    program = program_with(are_zero_invoices_sent=are_sent)
    book = Book(customer("A1")).sell("P1", "A1", "2026-01-01").sell("P2", "A1", "2026-01-01")
    book.change("P2-access", "suspended", "2026-01-02").write(tmp_path / "book")
    run(request(tmp_path, "2026-01-02", program=program))
    book.change("P1-access", "suspended", "2026-01-16")
    book.change("P2-access", "active", "2026-01-16").write(tmp_path / "book")
    result = run(request(tmp_path, "2026-01-16", program=program))
    assert grosses(result) == (["0.00"] if are_sent else [])
    assert result.held_back == (0 if are_sent else 1)
    if are_sent:
        nets = [[line[2] for line in shown(result, f"{name}-access")] for name in ("P1", "P2")]
        assert nets == [["-41.29", "10.32"], ["-10.32", "41.29"]]


@pytest.mark.feature("A24", "D5")
def test_a_small_total_is_made_out_once_all_that_is_paid_for_has_ended(tmp_path: Path) -> None:
    program = program_with(under="5000.00")
    book = Book(customer("A1"), customer("A2", invoicer="A1"))
    book.sell("P1", "A1", "2026-01-01", cancelled="2026-02-01")
    book.sell("P2", "A2", "2026-01-01", cancelled="2026-03-01")
    book.write(tmp_path / "book")
    for day in ("2026-01-01", "2026-02-01", "2026-02-28"):
        held = run(request(tmp_path, day, program=program))
        assert (held.invoices, held.held_back) == ((), 1), day
    # 165.00 of January for each and 90.00 of February for A2, with 13 % of tax.
    last = run(request(tmp_path, "2026-03-01", program=program))
    assert grosses(last) == ["474.60"]
    assert last.held_back == 0
    assert run(request(tmp_path, "2026-03-02", program=program)).held_back == 0
