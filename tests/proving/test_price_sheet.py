"""A price sheet says every price, escapes what it says, and knows when it is stale."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from compiler.catalog.model import Catalog
from compiler.compile import compile_sources
from dsl.source import Source
from proving.pricesheet.folder import FORMATS, NotOurs, sheet_files, stale_files, write_files
from proving.pricesheet.markdown import escaped
from proving.pricesheet.sheet import price_sheet
from tests.cli.conftest import Ratebook, ratebook
from tests.proving.catalogs import METERED

pytestmark = pytest.mark.feature("E1")

__all__ = ["ratebook"]

BOTH = tuple(FORMATS)

MORE = """
count sims = service sim in active across account tree

service platform "Platform" {
  type  recurring
  price monthly volume by sims {
    up to 10  49.00 USD, 45.00 EUR
    beyond    99.00 USD, 91.00 EUR
  } at least 20.00 USD, 18.00 EUR
  price monthly from 2027-01-01 for new sales  1_234.50 USD, 1_111.00 EUR
}

service reactivation {
  type  fee
}

contract long "Long" {
  term           24 months
  minimum        77.00 USD, 71.00 EUR per month charge reactivation
  leaving early  costs 33% of remaining charges charge reactivation
  service sim monthly {
    active     27.00 USD, 25.00 EUR
    suspended   2.00 USD, 1.90 EUR
  }
}

price book partner "Partners" {
  service setup  4.00 USD, 3.50 EUR
  region emea for countries DE, FR {
    service setup  4.10 USD, 3.60 EUR
  }
}

tax vat {
  telecom    DE 19%, FR 20% from 2014-01-01
  otherwise  0%
}
"""


def catalog(
    *changes: tuple[str, str], more: str = "", tables: dict[str, str] | None = None
) -> Catalog:
    text = METERED + more
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    sources = [Source("catalog.ratebook", text)]
    sources += [Source(path, content) for path, content in (tables or {}).items()]
    compilation = compile_sources(sources)
    assert compilation.catalog is not None, [each.message for each in compilation.diagnostics]
    return compilation.catalog


def files(*changes: tuple[str, str], more: str = "") -> dict[str, str]:
    made = sheet_files(price_sheet(catalog(*changes, more=more)), BOTH)
    return {name: content.decode() for name, content in made.items()}


class Shown(HTMLParser):
    """What a browser shows of a page, its tags, and what it would fetch or lead to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.fetched: list[str] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = dict(attrs)
        self.links += [given["href"] or ""] if "href" in given else []
        self.anchors |= {given["id"] or ""} if "id" in given else set()
        self.fetched += [value or "" for name, value in attrs if name in {"src", "data", "srcset"}]

    def handle_data(self, data: str) -> None:
        self.text += data + "\n"


def rows(page: str) -> list[list[str]]:
    """Give the rows of a Markdown page's tables, without links."""
    plain = re.sub(r"\[([^]]*)\]\([^)]*\)", r"\1", page)
    return [
        [cell.strip() for cell in line.strip("|").split(" | ")]
        for line in plain.splitlines()
        if line.startswith("| ")
    ]


def test_every_price_of_the_catalog_stands_in_both_formats() -> None:
    made = files(more=MORE)
    written = re.findall(r"([\d_.]+) (?:USD|EUR)", METERED + MORE)
    asked = {f"{amount.replace('_', '')}" for amount in written}
    assert len(asked) > 20
    for suffix in (".md", ".html"):
        whole = "".join(text for name, text in made.items() if name.endswith(suffix))
        numbers = {each.replace(",", "") for each in re.findall(r"\d[\d,]*\.\d+", whole)}
        assert asked - numbers == set()


def test_a_price_stands_in_the_row_of_its_case_and_the_column_of_its_currency() -> None:
    made = files(more=MORE)
    services = rows(made["services.md"])
    assert ["For", "USD", "EUR"] in services
    assert ["monthly, `suspended`", "3.10", "2.80"] in services
    assert ["once, when sold", "9.00", "8.00"] in services
    first = services.index(["monthly, volume by sims", "1 to 10", "49.00", "45.00"])
    assert services[first + 1 : first + 4] == [
        ["", "11 and more", "99.00", "91.00"],
        ["", "at least", "20.00", "18.00"],
        ["monthly, from 2027-01-01 for new sales", "", "1,234.50", "1,111.00"],
    ]
    assert ["sim", "1 to 10, 1 by default", "monthly, `active`", "31.00", "28.00"] in rows(
        made["README.md"]
    )
    agreements = rows(made["agreements.md"])
    assert ["every", "setup", "once, when sold", "4.00", "3.50"] in agreements
    assert ["emea (DE, FR)", "setup", "once, when sold", "4.10", "3.60"] in agreements
    assert "- Minimum: 77.00 USD, 71.00 EUR monthly, what is short" in made["agreements.md"]
    assert ["web", "2.00 per GB", "1.80 per GB"] in rows(made["usage.md"])
    assert ["up to 5 GB", "included"] in rows(made["usage.md"])
    reference = rows(made["reference.md"])
    assert ["`telecom`", "FR", "2014-01-01", "20%"] in reference
    assert [
        "`terminate`",
        "`ordered`, `active`, `suspended`",
        "`cancelled` (canceled)",
    ] in reference


def test_every_part_of_a_price_expression_is_said() -> None:
    """Terms, what is included, the percentage and both bounds, in the order they apply."""
    made = files(
        ("  attribute  country\n", "  attribute  country\n  amount     fee in USD\n"),
        ("rate plan standard {\n", "rate plan standard {\n  away\n"),
        ("    bucket  included\n", "    bucket  extra\n    bucket  included\n"),
        more="""
unit batch = 100 count

usage class calls measured in count

rate group away {
  calls graduated {
    up to 3 batch  1.00 USD per batch, 0.90 EUR per batch
    beyond         2.00 USD per block of 1 batch + 0.30 USD flat, 1.80 EUR per block of 1 batch
  } includes 50 count less 10% at most 80.00 USD, 72.00 EUR at least 0.70 USD, 0.60 EUR
  web  0.04 USD per event + 1.5% of amount, 0.03 EUR per event + 1.5% of amount
}

bucket extra of web_data {
  one time for 30 days
  up to 1 GB  included
  up to 2 GB  7.00 USD flat, 6.00 EUR flat
  beyond      rated
}
""",
    )
    usage = rows(made["usage.md"])
    first = next(place for place, row in enumerate(usage) if row[0] == "calls")
    assert usage[first : first + 7] == [
        ["calls", "graduated", "first 0.5 batch", "included", "included"],
        ["", "", "then up to 3 batch", "1.00 per batch", "0.90 per batch"],
        [
            "",
            "",
            "then over 3 batch",
            "2.00 per started 1 batch + 0.30 flat",
            "1.80 per started 1 batch",
        ],
        ["", "", "of that", "−10%", "−10%"],
        ["", "", "at most", "80.00", "72.00"],
        ["", "", "at least", "0.70", "0.60"],
        [
            "web",
            "",
            "",
            "0.04 per event + 1.5% of the amount",
            "0.03 per event + 1.5% of the amount",
        ],
    ]
    assert ["over 1 GB to 2 GB", "flat, once when entered", "7.00", "6.00"] in usage
    assert "- Lasts: 30 days from its service's start" in made["usage.md"]


@pytest.mark.parametrize(
    ("taxes", "said"),
    [
        ("tax a { telecom DE 19% }", "Amounts are before tax."),
        ("tax a { prices include tax telecom DE 19% }", "Amounts include tax."),
        (
            "tax a { prices include tax home DE 19% } tax b { telecom DE 7% }",
            "Amounts are before tax, but for those of the tax class `home`, which include it.",
        ),
    ],
)
def test_it_says_which_amounts_have_tax_in_them(taxes: str, said: str) -> None:
    made = files(more=re.sub(r"([{}]|%|include tax)", r"\1\n", taxes))
    assert f"{said} They are in major units" in made["README.md"]


def test_hours_of_a_time_band_that_touch_are_one() -> None:
    band = "time band nights = weekdays 20:00..07:00, weekends\n"
    found = rows(files(more=band)["reference.md"])
    assert ["Tuesday", "00:00 to 07:00, 20:00 to 24:00"] in found
    assert ["Saturday", "00:00 to 24:00"] in found


def test_what_a_package_does_not_sell_is_not_in_its_prices() -> None:
    made = files(("  bills       monthly\n", "  bills       monthly\n  currencies  EUR\n"))
    assert "31.00" not in made["README.md"]
    assert "28.00" in made["README.md"]
    assert "31.00" in made["services.md"]


def test_every_title_is_shown_as_it_is() -> None:
    title = "<script>alert(1)</script> | `x` *y* [z](javascript:1) & \\\\"
    made = files(
        ("service setup {", f'## {title} once\nservice setup "{title}" {{'),
        ('catalog tiny "Tiny"', f'catalog tiny "{title}"'),
    )
    shown = title.replace("\\\\", "\\")
    for name, text in made.items():
        if name.endswith(".html"):
            page = Shown(text)
            assert "script" not in page.tags
            assert shown in page.text
            assert not page.fetched
            assert not [link for link in page.links if ":" in link]
        else:
            assert "<script" not in text
            assert not re.search(r"(?<!\\)\]\(javascript", text)
    row = next(
        line for line in made["README.md"].splitlines() if "javascript" in line and "| " in line[:2]
    )
    assert len(re.split(r"(?<!\\)\|", row)) == len(re.split(r"(?<!\\)\|", "| a | b | c | d | e |"))


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a|b `c` *d* _e_", r"a\|b \`c\` \*d\* \_e\_"),
        ("<b> & [x](y)", r"&lt;b&gt; &amp; \[x\](y)"),
        ("- no list", r"\- no list"),
        ("1. no list", r"1\. no list"),
        ("# no head", r"\# no head"),
        ("--- no rule", r"--\- no rule"),
        ("12.50\nand\ton", "12.50 and on"),
    ],
)
def test_markdown_is_escaped(text: str, written: str) -> None:
    assert escaped(text) == written


def test_the_same_catalog_gives_the_same_bytes_and_links_that_lead_somewhere() -> None:
    made = files(more=MORE)
    assert made == files(more=MORE)
    pages = {name: Shown(text) for name, text in made.items() if name.endswith(".html")}
    links = [(name, link) for name, page in pages.items() for link in page.links]
    assert len(links) > 30
    for name, link in links:
        file, _, place = link.partition("#")
        assert not place or place in pages[file or name].anchors, (name, link)
    for name, text in made.items():
        for link in re.findall(r"\]\(([^)]*)\)", text) if name.endswith(".md") else ():
            file, _, place = link.partition("#")
            assert not place or f'<a id="{place}"></a>' in made[file or name], (name, link)


def test_of_a_table_in_a_file_twenty_rows_are_shown_and_all_counted() -> None:
    lines = [
        f"web,{country},{currency},{place}.25,GB"
        for place, country in enumerate(COUNTRIES)
        for currency in ("USD", "EUR")
    ]
    own = catalog(
        more='rate group away from "away.csv"\n',
        tables={"away.csv": "\n".join(["class,country,currency,price,per", *lines, ""])},
    )
    text = sheet_files(price_sheet(own), ("markdown",))["usage.md"].decode()
    assert "The first 20 of 25 rates of away.csv." in text
    assert "19.25 per GB" in text
    assert "20.25 per GB" not in text


COUNTRIES = (
    *("CA", "US", "MX", "DE", "FR", "IT", "ES", "PT", "NL", "BE", "LU", "AT", "CH"),
    *("PL", "CZ", "SK", "HU", "RO", "BG", "GR", "SE", "NO", "FI", "DK", "IE"),
)


NO_DISCOUNT = ("discount launch = 10% off for 2 periods\n", "")


def test_stale_missing_and_superfluous_files_are_named_and_others_left(tmp_path: Path) -> None:
    sheet = price_sheet(catalog(more=MORE))
    wanted = sheet_files(sheet, BOTH)
    (tmp_path / "notes.md").write_text("mine")
    assert {each.why for each in stale_files(tmp_path, wanted, BOTH)} == {"missing"}
    write_files(tmp_path, wanted, BOTH)
    assert stale_files(tmp_path, wanted, BOTH) == ()
    smaller = sheet_files(price_sheet(catalog(("31.00 USD", "32.00 USD"), NO_DISCOUNT)), BOTH)
    found = {each.name: each.why for each in stale_files(tmp_path, smaller, BOTH)}
    assert found["services.html"] == "stale"
    assert found["agreements.html"] == found["agreements.md"] == "superfluous"
    site_only = {name: each for name, each in smaller.items() if name.endswith(".html")}
    assert "agreements.md" not in {
        each.name for each in stale_files(tmp_path, site_only, ("site",))
    }
    write_files(tmp_path, smaller, BOTH)
    assert {each.name for each in tmp_path.iterdir()} == {*smaller, "notes.md"}
    assert (tmp_path / "notes.md").read_text() == "mine"


def test_a_file_of_somebody_else_is_not_written_over(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    wanted = sheet_files(price_sheet(catalog()), BOTH)
    with pytest.raises(NotOurs, match=r"README\.md: was not written by"):
        write_files(tmp_path, wanted, BOTH)
    assert [(each.name, each.read_text()) for each in tmp_path.iterdir()] == [("README.md", "mine")]


def test_the_command_writes_and_checks(tmp_path: Path, ratebook: Ratebook) -> None:
    own = tmp_path / "catalog"
    own.mkdir()
    (own / "catalog.ratebook").write_text(METERED, encoding="utf-8")
    out = tmp_path / "sheet"
    missing = ratebook("docs", own, "--out", out, "--check")
    assert (missing.code, out.exists()) == (1, False)
    assert f"{out}/index.html: missing" in missing.out
    assert ratebook("docs", own, "--out", out).code == 0
    assert ratebook("docs", own, "--out", out, "--check").code == 0
    (own / "catalog.ratebook").write_text(METERED.replace("31.00", "30.00"), encoding="utf-8")
    stale = ratebook("docs", own, "--out", out, "--format", "markdown", "--check")
    assert (stale.code, stale.out.splitlines()) == (
        1,
        [
            f"{out}/README.md: stale",
            f"{out}/services.md: stale",
            f"to write them again: ratebook docs {own} --out {out} --format markdown",
        ],
    )
    (own / "catalog.ratebook").write_text("catalog {", encoding="utf-8")
    assert ratebook("docs", own, "--out", out).code == 1
    refused = ratebook("docs", own.parent / "none", "--out", out)
    assert refused.code == 2
