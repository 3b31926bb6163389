"""Books with mistakes: every case of cases/*.txt gives the faults it states, and no others.

A case starts from the sound book in base/.  `--- accounts.csv` and an action say what is
done to a file: `replace` its text, `append` lines, `set` the lines with the same first cell
(or, for status_changes and identifiers, the line numbers given as `3: ...`), `absent`.
"""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from runtime.book.load import load_book
from runtime.engine import open_engine
from runtime.program.commercial import (
    Contract,
    Discount,
    PackageContract,
    PriceBook,
    PricePlan,
)
from runtime.program.model import Program, TaxExemption, Transition
from tests.runtime.programs import connectivity_program

HERE = Path(__file__).parent
FAULTS = "faults"
ENGINE = open_engine(threads=1)


@dataclass(frozen=True)
class Case:
    title: str
    blocks: tuple[tuple[str, str], ...]

    @property
    def expected(self) -> str:
        return next(text for head, text in self.blocks if head == FAULTS)


def cases() -> Iterator[Case]:
    for path in sorted((HERE / "cases").glob("*.txt")):
        for part in path.read_text("utf-8").split("=== ")[1:]:
            title, _, body = part.partition("\n")
            blocks = [block.partition("\n") for block in body.split("--- ")[1:]]
            yield Case(
                f"{path.stem}: {title}",
                tuple((head.strip(), text.rstrip("\n")) for head, _, text in blocks),
            )


def programs(name: str) -> Program:
    base = connectivity_program()
    changed: dict[str, dict[str, object]]
    match name:
        case "without otherwise":
            rates = tuple(each for each in base.tax_rates if each.tax_class != "*")
            return base.model_copy(update={"tax_rates": rates})
        case "with static_ip inactive":
            changed = {"static_ip": {"is_active": False}}
        case "with static_ip active from 2026-02-01":
            changed = {"static_ip": {"active_from": date(2026, 2, 1)}}
        case "sold until 2026-02-01":
            package = base.packages[0].model_copy(update={"sold_until": date(2026, 2, 1)})
            return base.model_copy(update={"packages": (package,)})
        case "sold in CAD only":
            package = base.packages[0].model_copy(update={"currencies": ("CAD",)})
            return base.model_copy(update={"packages": (package,)})
        case "with an exemption":
            exemption = TaxExemption(
                tax="sales_tax", id="reverse_charge", text="Reverse charge", source=0
            )
            return base.model_copy(update={"tax_exemptions": (exemption,)})
        case "with commercial terms":
            return with_commercial_terms(base)
        case "begun by two statuses":
            first = Transition(
                lifecycle="line", id="adopt", from_status="new", to_status="active", source=0
            )
            return base.model_copy(update={"transitions": (first, *base.transitions)})
        case _:
            raise AssertionError(name)
    services = tuple(each.model_copy(update=changed.get(each.id, {})) for each in base.services)
    return base.model_copy(update={"services": services})


def with_commercial_terms(base: Program) -> Program:
    """Give a price book, a price plan, two contracts of the package and two discounts."""
    name = base.packages[0].id
    contracts = ("one_year", "two_years")
    return base.model_copy(
        update={
            "price_books": (PriceBook(id="partner", title="Partner", source=0),),
            "price_plans": (
                PricePlan(id="acme", title="Acme", reason="Agreed", rate_plan=None, source=0),
            ),
            "contracts": tuple(
                Contract(id=each, title=each, term_months=12, renewal_months=None, source=0)
                for each in contracts
            ),
            "package_contracts": tuple(
                PackageContract(package=name, contract=each, source=0) for each in contracts
            ),
            "discounts": tuple(
                Discount(
                    id=each, title=each, kind="percent", percent=Decimal(10), periods=6, source=0
                )
                for each in ("launch", "acme.1")
            ),
        }
    )


def edit(folder: Path, head: str, text: str) -> None:
    name, action = head.split()
    path = folder / name
    lines = path.read_text("utf-8").splitlines() if path.is_file() else []
    match action:
        case "replace":
            path.write_text(f"{text}\n" if text else "", "utf-8")
            return
        case "absent":
            path.unlink()
            return
        case "append":
            lines += text.split("\n")
        case "set":
            for line in text.split("\n"):
                number, colon, rest = line.partition(": ")
                if colon and number.isdigit():
                    lines[int(number)] = rest
                    continue
                key = line.partition(",")[0]
                place = next(i for i, old in enumerate(lines) if old.partition(",")[0] == key)
                lines[place] = line
        case _:
            raise AssertionError(head)
    path.write_text("\n".join(lines) + "\n", "utf-8")


def faults_of(case: Case, folder: Path) -> str:
    shutil.copytree(HERE / "base", folder, dirs_exist_ok=True)
    program = connectivity_program()
    for head, text in case.blocks:
        if head.startswith("program "):
            program = programs(head.removeprefix("program "))
        elif head != FAULTS:
            edit(folder, head, text)
    report = load_book(ENGINE, program, folder)
    assert report.faults == tuple(sorted(report.faults))
    return "\n".join(f"{fault.code}: {fault.text()}" for fault in report.faults)


@pytest.mark.feature("B1", "B2", "B3", "B4", "B5")
@pytest.mark.parametrize("case", list(cases()), ids=lambda case: case.title)
def test_a_book_has_the_faults_its_case_states(case: Case, tmp_path: Path) -> None:
    assert faults_of(case, tmp_path) == case.expected
