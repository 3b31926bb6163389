"""A package's own rate plan for a service, billed from files."""

from __future__ import annotations

from pathlib import Path

import pytest

from runtime.program.commercial import PricePlan
from runtime.program.model import Program, RatePlan, RatePlanGroup
from tests.runtime.bill.books import Book, customer, lines, request, run, session, write_usage
from tests.runtime.programs import connectivity_program


def program_of_the_world() -> Program:
    """Connectivity, whose package rates data by the plan `worldwide`: abroad's prices alone."""
    program = connectivity_program()
    return program.model_copy(
        update={
            "rate_plans": (
                *program.rate_plans,
                RatePlan(id="worldwide", otherwise="reject", source=0),
            ),
            "rate_plan_groups": (
                *program.rate_plan_groups,
                RatePlanGroup(plan="worldwide", ordinal=0, group="abroad", source=0),
            ),
            "package_services": tuple(
                item.model_copy(update={"rate_plan": "worldwide"})
                if item.service == "data"
                else item
                for item in program.package_services
            ),
        }
    )


@pytest.mark.feature("A3", "A15", "D4", "D6")
def test_a_packages_own_plan_rates_its_service(tmp_path: Path) -> None:
    # 70 GB at home: 50 included, 10 flat, 10 rated.  By the service's plan at 1.20 a GB: 12.00;
    # by the package's at 4.00: 40.00.
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    result = run(request(tmp_path, "2026-02-01", usage, program=program_of_the_world()))
    (line,) = (each for each in lines(result, "P1-data") if each.kind == "usage")
    assert str(line.net) == "40.00"
    assert {part.rate_plan for part in line.components if part.component == "rated"} == {
        "worldwide"
    }


@pytest.mark.feature("A15", "C3", "D9")
def test_usage_billed_by_another_plan_is_billed_anew(tmp_path: Path) -> None:
    # January by the service's plan: 12.00.  The package then gets a plan of its own, by which
    # it is 40.00: the next run bills the difference, and the one after it nothing.
    Book(customer("A1")).sell("P1", "A1", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(tmp_path / "january.csv", session(1, "GW-P1", "2026-01-05", "70"))
    run(request(tmp_path, "2026-02-01", usage))
    program = program_of_the_world()
    second = run(request(tmp_path, "2026-02-02", program=program))
    assert [str(line.net) for line in lines(second)] == ["28.00"]
    assert run(request(tmp_path, "2026-02-03", program=program)).invoices == ()


@pytest.mark.feature("A15", "A22")
def test_the_rate_plan_of_the_accounts_price_plan_is_the_nearest(tmp_path: Path) -> None:
    # The package rates the 10 GB beyond the bucket at 4.00; what was negotiated with A1 says
    # 1.20 each, by the plan of the service.  A2 has no price plan.
    program = program_of_the_world()
    negotiated = PricePlan(
        id="deal", title="Deal", reason="Approved", rate_plan="metered", source=0
    )
    program = program.model_copy(update={"price_plans": (negotiated,)})
    book = Book(customer("A1", price_plan="deal"), customer("A2"))
    book.sell("P1", "A1", "2026-01-01").sell("P2", "A2", "2026-01-01").write(tmp_path / "book")
    usage = write_usage(
        tmp_path / "january.csv",
        session(1, "GW-P1", "2026-01-05", "70"),
        session(2, "GW-P2", "2026-01-05", "70"),
    )
    result = run(request(tmp_path, "2026-02-01", usage, program=program))
    rated = {line.account_service: str(line.net) for line in lines(result) if line.kind == "usage"}
    assert rated == {"P1-data": "12.00", "P2-data": "40.00"}
