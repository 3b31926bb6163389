"""Each code has a page whose wrong catalog gets that code alone, and whose right one is clean."""

from pathlib import Path

import pytest

from compiler import codes, pages
from compiler.checks import CHECKS
from compiler.checks.page import Check, Page
from compiler.compile import compile_sources
from compiler.syntax_pages import PAGES as SYNTAX_PAGES
from dsl.codes import SYNTAX_CODES, Code
from tests.compiler.catalogs import codes_of

EXAMPLES = [
    *((code.code, SYNTAX_PAGES[code.code]) for code in SYNTAX_CODES),
    *((check.CODE.code, check.PAGE) for check in CHECKS),
]
WITH_EXAMPLE = [(code, page) for code, page in EXAMPLES if page.bad]


@pytest.mark.feature("E2")
@pytest.mark.parametrize(("code", "page"), WITH_EXAMPLE, ids=[code for code, _ in WITH_EXAMPLE])
def test_bad_example_gets_its_code_alone(code: str, page: Page) -> None:
    assert set(codes_of(compile_sources(pages.sources_of(page.bad, page.bad_tables)))) == {code}


@pytest.mark.feature("E2")
@pytest.mark.parametrize(("code", "page"), WITH_EXAMPLE, ids=[code for code, _ in WITH_EXAMPLE])
def test_good_example_is_clean_and_compiles(code: str, page: Page) -> None:
    compilation = compile_sources(pages.sources_of(page.good, page.good_tables))
    assert codes_of(compilation) == []
    assert compilation.program is not None


@pytest.mark.parametrize("check", CHECKS, ids=[check.CODE.code for check in CHECKS])
def test_check_stands_in_the_file_of_its_slug(check: Check) -> None:
    module = getattr(check, "__name__", "")
    assert module == f"compiler.checks.{check.CODE.slug.replace('-', '_')}"


def test_each_code_of_the_table_has_one_check_in_the_order_of_the_codes() -> None:
    table = [value for value in vars(codes).values() if isinstance(value, Code)]
    assert [check.CODE for check in CHECKS] == table
    assert [code.code for code in table] == sorted(code.code for code in table)


def test_codes_and_slugs_are_unique() -> None:
    assert len({code.code for code in pages.CODES}) == len(pages.CODES)
    assert len({code.slug for code in pages.CODES}) == len(pages.CODES)


def test_written_pages_are_up_to_date(root: Path) -> None:
    assert pages.stale_pages(root / "docs" / "errors") == ()


def test_pages_are_written_and_old_ones_deleted(tmp_path: Path) -> None:
    (tmp_path / "RB999.md").write_text("gone", encoding="utf-8")
    assert "RB999.md" in pages.stale_pages(tmp_path)
    pages.write_pages(tmp_path)
    assert pages.stale_pages(tmp_path) == ()


@pytest.mark.parametrize("name", ["RB204", "rb204", "missing-price", " RB204 "])
def test_page_is_found_by_code_or_slug(name: str) -> None:
    assert pages.page_of(name).startswith("# RB204: missing-price\n")


def test_unknown_code_is_told_with_the_nearest() -> None:
    with pytest.raises(pages.UnknownCode, match="did you mean `missing-price`"):
        pages.page_of("mising-price")
