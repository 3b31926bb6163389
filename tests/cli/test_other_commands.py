"""fmt, compile, dump, graph and explain CODE, as a user types them."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import CONNECTIVITY, ROOT, Ratebook, edit


@pytest.mark.feature("E1")
def test_fmt_check_leaves_the_catalogs_as_they_are(ratebook: Ratebook) -> None:
    said = ratebook("fmt", "--check", CONNECTIVITY)
    assert (said.code, said.out) == (0, "")


@pytest.mark.feature("E1")
def test_fmt_mends_a_layout_and_then_has_nothing_to_do(ratebook: Ratebook, catalog: Path) -> None:
    file = catalog / "services.ratebook"
    canonical = file.read_text()
    edit(file, "  lifecycle  line\n", "     lifecycle line   # of the line\n")
    said = ratebook("fmt", "--check", catalog)
    assert said.code == 1
    assert said.out == f"{file}: not in canonical layout\n"
    assert ratebook("fmt", "--diff", catalog).out.count("\n-") == 1
    assert ratebook("fmt", catalog).code == 0
    assert file.read_text() == canonical.replace(
        "  lifecycle  line\n", "  lifecycle  line  # of the line\n", 1
    )
    assert ratebook("fmt", "--check", catalog).code == 0


@pytest.mark.feature("E1")
def test_fmt_leaves_a_file_with_a_mistake_alone_and_says_so(
    ratebook: Ratebook, catalog: Path
) -> None:
    file = catalog / "catalog.ratebook"
    edit(file, "terms     net 30 days", "terms 30 days")
    before = file.read_bytes()
    said = ratebook("fmt", file)
    assert said.code == 1
    assert "error[RB" in said.err
    assert file.read_bytes() == before


@pytest.mark.feature("E6")
def test_a_catalog_compiles_to_the_same_bytes_and_bills_without_its_sources(
    ratebook: Ratebook, catalog: Path, tmp_path: Path
) -> None:
    one, two = tmp_path / "one.json", tmp_path / "two.json"
    assert ratebook("compile", catalog, "--out", one).code == 0
    assert ratebook("compile", CONNECTIVITY, "--out", two).code == 0
    assert one.read_bytes() == two.read_bytes()
    bill = ("--book", catalog / "book", "--as-of", "2026-01-01", "--dry-run", "--quiet")
    for source in catalog.glob("*.ratebook"):
        source.unlink()
    from_program = ratebook("bill", one, *bill, "--out", tmp_path / "a")
    from_sources = ratebook("bill", CONNECTIVITY, *bill, "--out", tmp_path / "b")
    assert from_program.code == 0
    assert from_program.out == from_sources.out


@pytest.mark.feature("E6")
def test_an_altered_program_is_refused(ratebook: Ratebook, tmp_path: Path) -> None:
    file = tmp_path / "program.json"
    ratebook("compile", CONNECTIVITY, "--out", file)
    edit(file, '"80.00"', '"8.00"')
    said = ratebook("bill", file, "--book", CONNECTIVITY / "book", "--as-of", "2026-01-01")
    assert said.code == 2
    assert "altered" in said.err


@pytest.mark.feature("E1")
@pytest.mark.parametrize("stage", ["source", "tokens", "syntax", "resolved", "catalog", "program"])
def test_every_stage_can_be_printed(ratebook: Ratebook, stage: str) -> None:
    said = ratebook("dump", CONNECTIVITY, "--stage", stage)
    assert said.code == 0
    assert "included_data" in said.out
    if stage in ("catalog", "program"):
        assert json.loads(said.out)


@pytest.mark.feature("E5")
def test_the_graph_says_what_depends_on_a_rate_group(ratebook: Ratebook) -> None:
    said = ratebook("graph", CONNECTIVITY, "--select", "rate_group:home+", "--format", "json")
    assert said.code == 0
    assert {node["id"] for node in json.loads(said.out)["nodes"]} == {
        "rate_group:home",
        "rate_plan:metered",
        "service:data",
        "package:business_connectivity",
    }


@pytest.mark.feature("E5")
@pytest.mark.parametrize(
    ("form", "start"), [("dot", "digraph"), ("mermaid", "flowchart"), ("svg", "<svg ")]
)
def test_the_graph_is_drawn(ratebook: Ratebook, form: str, start: str) -> None:
    said = ratebook("graph", CONNECTIVITY, "--format", form)
    assert said.code == 0
    assert said.out.startswith(start)
    assert "included_data" in said.out


@pytest.mark.feature("E5")
@pytest.mark.parametrize(
    ("terms", "ids"),
    [
        ("zone: feed:", {"zone:north_america", "feed:sessions"}),
        (
            "+bucket:included_data tax:",
            {
                "bucket:included_data",
                "base_bucket:home_web",
                "usage_class:web_data",
                "usage_class_type:internet",
                "zone:north_america",
                "tax:sales_tax",
            },
        ),
        (
            "+rate_plan:metered+",
            {
                "package:business_connectivity",
                "service:data",
                "rate_plan:metered",
                "rate_group:home",
                "rate_group:abroad",
                "usage_class:web_data",
                "usage_class:backup_data",
                "usage_class_type:internet",
                "zone:north_america",
            },
        ),
    ],
)
def test_several_terms_and_whole_kinds_are_selected(
    ratebook: Ratebook, terms: str, ids: set[str]
) -> None:
    said = ratebook("graph", CONNECTIVITY, "--select", terms, "--format", "json")
    assert said.code == 0
    assert {node["id"] for node in json.loads(said.out)["nodes"]} == ids


@pytest.mark.feature("E5")
def test_a_selection_of_nothing_exits_with_2_and_says_how_to_write_one(ratebook: Ratebook) -> None:
    said = ratebook("graph", CONNECTIVITY, "--select", "service:data service:acess")
    assert (said.code, said.out) == (2, "")
    assert "`service:acess` names nothing; did you mean `service:access`?" in said.err


@pytest.mark.feature("E2")
def test_a_code_has_a_page(ratebook: Ratebook) -> None:
    said = ratebook("explain", "rb101")
    assert said.code == 0
    assert said.out.startswith("# RB101: unknown-name\n")
    assert ratebook("explain", "unknown-name").out == said.out
    assert ratebook("explain", "RB999").code == 2
    wrong = ratebook("explain", "unrated-clas")
    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean `unrated-class`?" in wrong.err


@pytest.mark.feature("E2")
def test_a_kind_of_declaration_is_asked_for_by_its_nearest_name(ratebook: Ratebook) -> None:
    said = ratebook("rules", "shareplan")
    assert (said.code, said.out) == (2, "")
    assert said.err.endswith("did you mean `share_plan`?\n")


@pytest.mark.feature("E1")
def test_ctrl_c_inside_the_engine_is_no_fault_of_ours(
    ratebook: Ratebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> None:
        raise RuntimeError("Query interrupted")

    monkeypatch.setattr("runtime.bill_book.load_book", interrupted)
    out = tmp_path / "out"
    said = ratebook(
        "bill", CONNECTIVITY, "--book", CONNECTIVITY / "book", "--as-of", "2026-01-01", "--out", out
    )
    assert said.code == 130
    assert said.err.endswith("stopped.\n")
    assert not out.exists()


@pytest.mark.parametrize("arguments", ["explain RB101", f"graph {CONNECTIVITY}"])
@pytest.mark.feature("E1")
def test_a_reader_who_has_seen_enough_is_no_finding(arguments: str) -> None:
    command = f"{sys.executable} -m cli.main {arguments}"
    shell = f"{command} | true; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(
        ["bash", "-c", shell], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr


@pytest.mark.feature("A11")
def test_explain_price_tells_the_order_in_which_a_price_applies(ratebook: Ratebook) -> None:
    said = ratebook("explain", "price")
    assert said.code == 0
    steps = re.findall(r"^  (\d)\. (.*)$", said.out, re.MULTILINE)
    assert [number for number, _ in steps] == list("12345678")
    words = ["counted", "`includes`", "tiers", "% of amount", "`less`", "`at most`", "discounts"]
    assert all(word in step for word, (_, step) in zip(words, steps, strict=False))


@pytest.mark.feature("E2")
def test_rules_list_every_kind_and_show_one(ratebook: Ratebook) -> None:
    listed = ratebook("rules")
    assert listed.code == 0
    assert re.search(r"^rate group +.*\bRB308\b", listed.out, re.MULTILINE)
    shown = ratebook("rules", "rate group")
    assert "dsl.syntax.rates.RateGroupDeclaration" in shown.out
    assert "right\n  catalog tiny {" in shown.out
    assert "wrong (RB301)" in shown.out
    assert ratebook("rules", "rate grup").code == 2
