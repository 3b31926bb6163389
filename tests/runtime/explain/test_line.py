"""An explanation tells what a line is made of, down to the catalog's line, to the cent."""

from datetime import date
from decimal import Decimal

import pytest

from runtime.explain.line import NoSuchLine, explain_invoice, explain_line
from runtime.explain.model import Explanation
from runtime.explain.text import render_text
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice
from tests.runtime.invoice import samples


def told(number: int, invoice: Invoice | None = None) -> str:
    return render_text(explain_line(invoice or samples.consolidated(), number))


@pytest.mark.feature("D6")
def test_a_suspension_is_told_whole() -> None:
    # 20.00 for June's 30 days; cum(30) = 20.00, cum(15) = 10.00; 13% of 10.00 = 1.30.
    assert told(8) == (
        "INV-000142:8 is Access line, suspended, 2026-06-16 to 2026-06-30:"
        " 1 × 20.00 × 15 of 30 days = 10.00 CAD\n"
        "  charge   recurring, in advance\n"
        "  service  Access line (access), as-9011\n"
        "  account  acct-1001, pkg-502\n"
        "  period   2026-06-16 to 2026-06-30, 15 of the 30 days of 2026-06-01 to 2026-06-30\n"
        "  status   the price is for suspended\n"
        "  change   active → suspended, 2026-06-16\n"
        "\n"
        "  The price is 20.00 CAD for one and a full period\n"
        "    services.ratebook:17: suspended  20.00 CAD, 15.00 USD\n"
        "\n"
        "  Days 16 to 30 of 30: 20.00 − 10.00 = 10.00 CAD\n"
        "    full period   1 × 20.00 = 20.00\n"
        "    up to day 30  20.00 × 30 / 30, rounded = 20.00\n"
        "    up to day 15  20.00 × 15 / 30, rounded = 10.00\n"
        "\n"
        "  Tax 13%, class telecom: the line's share is 1.30 CAD\n"
        "    catalog.ratebook:14: telecom    CA-ON 13%, CA-QC 14.975%, CA-BC 12%, CA-AB 5%\n"
        "    rounded once  13% of 314.47 = 40.88 CAD (sales tax, CA-ON)\n"
        "    exact share   10.00 × 13% = 1.30\n"
        "    shared out    by largest remainder, so that the shares add up to the tax\n"
    )


@pytest.mark.feature("D6")
def test_a_credit_names_the_line_it_takes_back() -> None:
    text = told(7)
    assert "takes back INV-000118:4" in text
    assert "−(80.00 − 40.00) = -40.00 CAD" in text


@pytest.mark.feature("D6")
def test_cumulative_rounding_is_worked_out_as_it_was_charged() -> None:
    # 10.00 over 31 days: cum(11) = 3.548.. = 3.55, cum(10) = 3.225.. = 3.23; the day costs 0.32.
    day = samples.line(
        1,
        "recurring",
        "data",
        "Metered data",
        account="a",
        account_package="p",
        account_service="s",
        period_start=date(2026, 7, 11),
        period_end=date(2026, 7, 12),
        days=1,
        unit_price=Decimal("10.00"),
        net=Decimal("0.32"),
    )
    invoice = samples.invoice_of(
        [samples.section("a", "A", [samples.service("s", "data", "Metered data", [day])])]
    )
    text = told(1, invoice)
    assert "Days 11 to 11 of 31: 3.55 − 3.23 = 0.32 CAD" in text
    assert "10.00 × 11 / 31, rounded = 3.55" in text


@pytest.mark.feature("D6")
def test_an_amount_that_does_not_follow_is_stated_and_not_derived() -> None:
    """A period counted in another way than by days: the posted amount stands alone."""
    invoice = samples.consolidated()
    line = samples.line_numbered(invoice, 8).model_copy(update={"net": Decimal("9.67")})
    odd = samples.invoice_of(
        [samples.section("a", "A", [samples.service("s", "access", "Access line", [line])])]
    )
    text = told(8, odd)
    assert "The amount is 9.67 CAD" in text
    assert "rounded = " not in text


@pytest.mark.feature("D6")
def test_usage_is_told_tier_by_tier_and_rounded_once() -> None:
    text = told(3)
    # 2.437193216 x 1.20 = 2.9246318592; 0.812400128 x 4.00 = 3.249600512; together 6.1742323712.
    assert "The exact sum 6.1742323712 is rounded once = 6.17 CAD" in text
    assert "2.437193216 GB × 1.20 per GB = 2.9246318592" in text
    assert "0.812400128 GB × 4.00 per GB = 3.249600512" in text
    assert "usage.ratebook:26: web_data     4.00 CAD per GB, 3.00 USD per GB" in text
    assert "from 50 to 60 GB: 10 GB used, flat 9.00 CAD" in text


@pytest.mark.feature("D6")
def test_what_is_counted_is_priced_each() -> None:
    document = samples.consolidated().model_dump_json().replace('"unit":"GB"', '"unit":"each"')
    text = told(3, Invoice.model_validate_json(document))
    assert " × 1.20 each = " in text
    assert "per each" not in text


@pytest.mark.feature("D6")
def test_every_line_has_an_explanation_with_its_amount_and_its_source() -> None:
    invoice = samples.consolidated()
    for line in all_lines(invoice):
        explanation = explain_line(invoice, line.number)
        text = render_text(explanation)
        assert f"= {line.net} CAD" in explanation.statement
        if line.source is not None:
            assert f"{line.source.path}:{line.source.line}: {line.source.text}" in text
        for part in line.components:
            if part.source is not None:
                assert f"{part.source.path}:{part.source.line}: {part.source.text}" in text


@pytest.mark.feature("D6")
def test_an_invoice_lists_each_line_once() -> None:
    invoice = samples.consolidated()
    explanation = explain_invoice(invoice)
    assert len(explanation.children) == 16
    assert isinstance(explanation, Explanation)
    assert explanation.statement == "INV-000142 is 515.47 net + 70.98 tax = 586.45 CAD"


@pytest.mark.feature("D6")
def test_a_line_that_is_not_there_is_named() -> None:
    with pytest.raises(NoSuchLine, match="INV-000142 has lines 1 to 16, and so no line 17"):
        explain_line(samples.consolidated(), 17)
