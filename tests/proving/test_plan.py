"""A plan names the edits between two catalogs, and what they do to those who pay."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from compiler.compile import compile_sources
from dsl.source import Source
from proving.plan.compare import find_edits
from proving.plan.edit import Edit, with_ways
from proving.plan.moves import move_edits, moved
from proving.plan.policy import Move, Policy, PolicyFault, read_policy
from proving.plan.reach import with_reach
from proving.plan.replay import Replay, ReplayRefused, compare, percentile
from proving.plan.tables import IGNORED_COLUMNS, TABLES, UNCOMPARED
from runtime.program.model import Program
from tests.proving.catalogs import METERED

pytestmark = pytest.mark.feature("E4")

ON = date(2026, 6, 1)


def program(*changes: tuple[str, str], more: str = "") -> Program:
    text = METERED
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    compilation = compile_sources([Source("catalog.ratebook", text + more)])
    assert compilation.program is not None, [each.message for each in compilation.diagnostics]
    return compilation.program


def edits(*changes: tuple[str, str], more: str = "") -> list[tuple[str, str, str, str | None]]:
    found = find_edits(program(), program(*changes, more=more), ON)
    return [(each.verb, each.level, each.id, each.after) for each in found]


def test_every_table_of_the_program_is_compared_by_columns_it_has() -> None:
    known = set(TABLES) | UNCOMPARED
    tables = {name for name in Program.model_fields if isinstance(getattr(program(), name), tuple)}
    assert tables == known
    for name, table in TABLES.items():
        for kind in {type(row) for row in getattr(program(), name)}:
            columns = set(kind.model_fields)
            asked = {*table.key, *table.bounds, *table.reach, *table.places}
            assert asked <= columns, name
            assert not asked & IGNORED_COLUMNS


def test_the_same_catalog_has_no_edits_wherever_its_lines_stand() -> None:
    assert edits(("service setup", "\n\nservice setup")) == []


def test_a_price_goes_up_in_one_currency_and_down_in_the_other() -> None:
    assert edits(("31.00 USD, 28.00 EUR", "32.00 USD, 27.50 EUR")) == [
        ("price up", "money", "recurring price: sim, monthly, active, USD", "32.00 USD"),
        ("price down", "money", "recurring price: sim, monthly, active, EUR", "27.50 EUR"),
    ]


def test_a_price_that_crosses_the_old_one_is_neither() -> None:
    """At 1 it costs less, at 10 more."""
    tiers = "volume {\n up to 5  5.00 USD, 5.00 EUR\n beyond  40.00 USD, 40.00 EUR\n }"
    found = edits(("active     31.00 USD, 28.00 EUR", f"active {tiers}"))
    assert [(verb, subject) for verb, _, subject, _ in found] == [
        ("repriced", "recurring price: sim, monthly, active, USD"),
        ("repriced", "recurring price: sim, monthly, active, EUR"),
    ]
    assert found[0][3] == "volume up to 5: 5.00 USD; beyond: 40.00 USD"


def test_a_price_from_a_later_day_touches_nobody_yet() -> None:
    later = (
        "  price monthly from 2026-07-01 for all {\n    active     40.00 USD, 40.00 EUR\n"
        "    suspended  4.00 USD, 4.00 EUR\n  }\n  usage"
    )
    sooner = later.replace("2026-07-01", "2026-05-01")
    sold = later.replace("2026-07-01", "2026-05-01").replace("all", "new sales")
    assert {level for _, level, _, _ in edits(("  usage", later))} == {"future"}
    assert {level for _, level, _, _ in edits(("  usage", sooner))} == {"money"}
    assert {level for _, level, _, _ in edits(("  usage", sold))} == {"future"}


def test_what_is_sold_is_widened_or_narrowed() -> None:
    assert edits(("sim 1..10", "sim 1..8"), ("up to 5 GB", "up to 6 GB")) == [
        ("narrowed", "future", "package service: fleet, sim, maximum", "8"),
        ("widened", "money", "bucket tier: included, 0, upper", "6 GB"),
    ]


def test_a_name_that_is_gone_is_worse_than_a_new_one() -> None:
    assert edits(
        ("service     setup optional", "service     badge optional"),
        more=("service badge {\n  type   non_recurring\n  price  1.00 USD, 1.00 EUR\n}\n"),
    ) == [
        (
            "added",
            "future",
            "service: badge",
            "title badge, base non_recurring, type non_recurring, is active True",
        ),
        ("removed", "identity", "package service: fleet, setup", None),
        ("added", "future", "package service: fleet, badge", "minimum 0, maximum 1, default 0"),
        ("added", "future", "one-time price: badge, USD", "1.00 USD"),
        ("added", "future", "one-time price: badge, EUR", "1.00 EUR"),
    ]


def test_rows_behind_one_that_is_dropped_say_what_they_said() -> None:
    rate = "  web  2.00 USD per GB, 1.80 EUR per GB\n"
    first = "  web to country CA  1.00 USD per GB, 0.90 EUR per GB\n"
    before, after = program((rate, first + rate)), program()
    found = find_edits(before, after, ON)
    assert [(each.verb, each.id) for each in found] == [
        ("removed", "rate: home, web, CA, USD"),
        ("removed", "rate: home, web, CA, EUR"),
    ]


def test_what_a_line_reaches_is_told_once_and_not_with_each_of_its_currencies() -> None:
    edit = Edit("price up", "money", "rate", "web, USD", "1", "2", "", "a:1", (("b", "c"),))
    other = replace(edit, subject="web, EUR")
    behind = replace(edit, place="a:2")
    assert list(with_ways([edit, other, behind])) == [
        (edit, ()),
        (other, (("b", "c"),)),
        (behind, (("b", "c"),)),
    ]


def test_words_alone_are_text() -> None:
    assert edits(("service setup {", 'service setup "Setting up" {')) == [
        ("reworded", "text", "service: setup, title", "Setting up")
    ]


def test_a_renamed_service_is_one_edit_and_its_prices_are_none() -> None:
    moves = (Move("service", "sim", "line"),)
    renamed = [("service sim {", "service line {"), ("service     sim 1", "service     line 1")]
    before, after = program(), program(*renamed)
    assert [each.id for each in move_edits(before, moves)] == ["service: line"]
    found = find_edits(moved(before, moves), after, ON)
    assert [each.id for each in found] == ["service: line, title"]
    assert any(each.verb == "removed" for each in find_edits(before, after, ON))


def test_an_edit_reaches_packages_by_the_way_of_its_references() -> None:
    compilation = compile_sources([Source("catalog.ratebook", METERED)])
    edit = find_edits(program(), program(("2.00 USD per GB", "2.50 USD per GB")), ON)[0]
    (reached,) = with_reach([edit], None, compilation.graph)
    assert reached.reaches == (
        ("rate_group:home", "rate_plan:standard", "service:sim", "package:fleet"),
    )


def test_a_policy_refuses_what_is_above_it_unless_it_is_exempted_in_time(tmp_path: Path) -> None:
    (tmp_path / "plan.toml").write_text(
        'allow = "future"\n[[exempt]]\nedit = "rate: home, *"\nuntil = 2026-06-30\n'
        'reason = "PRICE-1"\n'
    )
    policy = read_policy(tmp_path)
    edit = Edit("price up", "money", "rate", "home, web, USD", None, None, "", "")
    assert policy.refused([edit], date(2026, 6, 30)) == ()
    assert policy.refused([edit], date(2026, 7, 1)) == (edit,)
    assert policy.refused([replace(edit, level="text", subject="x")], ON) == ()
    assert Policy().refused([edit, replace(edit, level="identity")], ON) == (
        replace(edit, level="identity"),
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("allow = 3", "allow: `3` is none of text, future, money, identity"),
        ("alow = 1", "`alow` is none of allow, exempt and moved"),
        ("allow", "cannot be read"),
        ('[[exempt]]\nedit = "a"\nreason = "b"', "exempt `a`: say until when"),
        ('[[exempt]]\nedit = "a"\nuntil = 2026-01-01', "exempt `a`: say why"),
        ("[exempt]", "exempt: write each as `[[exempt]]`"),
        ('[[moved]]\nfrom = "service:a"\nto = "b"', "moved: write both names with their kind"),
        ('[[moved]]\nfrom = "tax:a"\nto = "tax:b"', "moved: `tax` is neither"),
    ],
)
def test_a_policy_that_cannot_be_followed_is_refused(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "plan.toml").write_text(text)
    with pytest.raises(PolicyFault, match=said.replace("[", r"\[").replace("]", r"\]")):
        read_policy(tmp_path)


def test_a_percentile_is_one_of_the_values() -> None:
    values = [Decimal(each) for each in (5, 1, 4, 2, 3)]
    assert [percentile(values, share) for share in (1, 50, 95, 100)] == [1, 3, 5, 5]


def write_book(folder: Path) -> Path:
    files = {
        "accounts": "account,parent,name,type,currency,bill_group\n"
        "own,,Own,owner,USD,\nacme,own,Acme,customer,USD,g\nmars,own,Mars,customer,EUR,g\n",
        "contacts": "account,kind,name\nacme,billing,A\nmars,billing,M\n",
        "account_packages": "account_package,account,package,frequency,effective\n"
        "p1,acme,fleet,monthly,2026-01-01\np2,mars,fleet,monthly,2026-01-01\n",
        "account_services": "account_service,account_package,service,quantity\n"
        "s1,p1,sim,2\ns2,p2,sim,1\n",
        "status_changes": "account_service,status,effective\n"
        "s1,ordered,2026-01-01\ns1,active,2026-01-01\ns2,ordered,2026-01-01\n"
        "s2,active,2026-01-01\n",
    }
    folder.mkdir()
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return folder


GROUP = "bill group g {\n  bill day  1\n  terms     net 30 days\n}\n"


@pytest.mark.feature("E4")
def test_a_replay_bills_the_same_book_twice_and_compares_who_pays(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book")
    before = program(more=GROUP)
    after = program(("31.00 USD, 28.00 EUR", "31.50 USD, 28.00 EUR"), more=GROUP)
    found = compare(before, after, Replay(book, (), date(2026, 2, 1)))
    # Two SIMs, January and February, half a dollar more for each.
    assert [(each.account, each.before, each.after) for each in found.accounts] == [
        ("acme", Decimal("124.00"), Decimal("126.00")),
        ("mars", Decimal("56.00"), Decimal("56.00")),
    ]
    assert [each.percent for each in found.accounts] == [Decimal("1.61"), Decimal("0.00")]
    assert [(each.service, each.change) for each in found.lines] == [
        ("sim", Decimal("0.00")),
        ("sim", Decimal("2.00")),
    ]
    assert [each.account for each in found.over(Decimal("1.60"), None)] == ["acme"]
    assert found.over(Decimal("1.61"), Decimal("2.00")) == ()
    assert [each.account for each in found.over(None, Decimal("1.99"))] == ["acme"]
    february = compare(before, after, Replay(book, (), date(2026, 2, 1), date(2026, 2, 1)))
    assert february.accounts[0].after == Decimal("63.00")


@pytest.mark.feature("E4")
def test_a_replay_renames_the_book_and_names_the_version_that_cannot_bill(tmp_path: Path) -> None:
    book = write_book(tmp_path / "book")
    renamed = [("service sim {", "service line {"), ("service     sim 1", "service     line 1")]
    before, after = program(more=GROUP), program(*renamed, more=GROUP)
    replay = Replay(book, (), date(2026, 1, 1))
    found = compare(before, after, replay, (Move("service", "sim", "line"),))
    assert not any(each.change for each in found.accounts)
    assert not any(each.change for each in found.lines)
    with pytest.raises(ReplayRefused, match=r"the catalog after does not bill this book: .*`sim`"):
        compare(before, after, replay)
