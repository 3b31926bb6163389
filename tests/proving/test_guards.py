"""Guards hold over every price of a catalog, or name the one that breaks them."""

from fractions import Fraction
from pathlib import Path

import pytest

from compiler.compile import Compilation, compile_folder
from proving.guards import GuardVerdict, check_guards
from proving.report import guard_lines

pytestmark = pytest.mark.feature("E3")

CATALOG = """\
catalog tiny {
  currencies  USD, JPY
  timezone    "UTC"
}

service status active    = billable
service status suspended = billable

lifecycle line {
  order    new -> active
  suspend  active -> suspended
}

service sim {
  type       recurring
  lifecycle  line
  price monthly {
    active     10.00 USD, 1_000 JPY
    suspended   2.00 USD, 200 JPY
  }
  price yearly {
    active     100.00 USD, 10_000 JPY
    suspended   20.00 USD, 2_000 JPY
  }
  price monthly from 2027-01-01 for all {
    active     8.00 USD, 1_100 JPY
    suspended  2.00 USD, 200 JPY
  }
}

service seats {
  type  recurring
  price monthly graduated {
    up to 10  5.00 USD, 500 JPY
    beyond    1.00 USD, 100 JPY
  }
}

service setup {
  type   non_recurring
  price  50.00 USD, 5_000 JPY
}

package fleet {
  bills    monthly, yearly
  service  sim
}

package office {
  bills    monthly
  service  seats
  service  setup
}

price book partner {
  service sim monthly { active 1.00 USD, 900 JPY; suspended 2.00 USD, 200 JPY }
}

"""


ACTIVE = "the service `sim`, in `active`"


def asked(folder: Path, guard: str, costs: str | None = None) -> GuardVerdict:
    (folder / "catalog.ratebook").write_text(CATALOG, encoding="utf-8")
    (folder / "guard.ratebook").write_text(f"guard one {{\n{guard}}}\n", encoding="utf-8")
    if costs is not None:
        (folder / "costs.csv").write_text(costs, encoding="utf-8")
    compilation: Compilation = compile_folder(folder)
    assert not [each for each in compilation.diagnostics if each.severity == "error"]
    assert compilation.program is not None
    (verdict,) = check_guards(compilation.program, compilation.resolved)
    return verdict


def cases(verdict: GuardVerdict) -> list[tuple[str, str, str, str]]:
    return [(each.case, each.left, each.right, each.currency) for each in verdict.breaches]


def test_a_claim_is_asked_under_every_owner_and_on_each_day_that_a_price_changes(
    tmp_path: Path,
) -> None:
    found = asked(tmp_path, "for every service with suspended\nprice suspended <= price active\n")
    assert cases(found) == [
        ("the service `sim`, monthly, under the price book `partner`", "2.00", "1.00", "USD")
    ]
    # monthly: both currencies, on two days and in the book; yearly: both currencies
    assert found.asked == 2 * 3 + 2
    told = "\n".join(guard_lines(found))
    assert "guard.ratebook:1" in told
    assert "service sim monthly { active 1.00 USD, 900 JPY; suspended 2.00 USD, 200 JPY }" in told


def test_a_year_is_compared_with_twelve_months_of_each_version(tmp_path: Path) -> None:
    claim = "price yearly < 12 * price monthly\n"
    found = asked(tmp_path, "for every service in package fleet\n" + claim)
    assert cases(found) == [
        (f"{ACTIVE}, from 2027-01-01 on", "100.00", "96.00", "USD"),
        (
            "the service `sim`, in `active`, under the price book `partner`",
            "100.00",
            "12.00",
            "USD",
        ),
    ]


def test_a_tiered_price_is_asked_at_each_bound(tmp_path: Path) -> None:
    """10 at 5.00 and one at 1.00 are 51.00 for 11."""
    found = asked(tmp_path, "for every service seats\nprice monthly <= 50.00 USD\n")
    assert cases(found) == [("the service `seats`, 11 of them", "51.00", "50.00", "USD")]


def test_costs_are_for_one_and_for_a_month_unless_they_say_otherwise(tmp_path: Path) -> None:
    costs = "service,currency,amount,frequency\nsim,USD,0.5,\nsim,USD,99.995,yearly\n"
    claim = "price >= 2 * cost - 50% * cost\n"
    found = asked(
        tmp_path,
        f'for every service\n{claim}costs from "costs.csv"\n',
        f"{costs}setup,JPY,6000,\n",
    )
    # 1.5 x 0.5 = 0.75 a month, 1.5 x 99.995 a year; a setup is sold for less than 1.5 x 6000
    assert cases(found) == [
        ("the service `sim`, in `active`, every 12 months", "100.00", "149.9925", "USD"),
        ("the service `sim`, in `suspended`, every 12 months", "20.00", "149.9925", "USD"),
        ("the service `setup`", "5000.00", "9000.00", "JPY"),
    ]
    assert Fraction("149.9925") == Fraction(3, 2) * Fraction("99.995")


def test_a_guard_that_is_asked_for_nothing_fails(tmp_path: Path) -> None:
    found = asked(tmp_path, "for every service setup\nprice monthly > 0 * price monthly\n")
    assert found.has_failed
    assert not found.breaches
