"""`ratebook init`: a catalog to begin with, its tests, and the checks of a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

TEMPLATES = ("seats", "metered_api", "telecom_bundle", "iot_fleet")
COMMON = "common"
CATALOG = "catalog"
"""The folder that the catalog itself stands in."""

PLACES = {
    "workflow.yml": ".github/workflows/ratebook.yml",
    "pre-commit.yaml": ".pre-commit-config.yaml",
}
"""Where a file of the common ones goes; all others keep their name."""

PRICE_SHEET = "price-sheet"
"""The folder of the price sheet, which the workflow holds to the catalog."""

_NAME = re.compile(r"[a-z][a-z0-9_]*")


@click.command(short_help="Write a catalog to begin with, its tests and its CI.")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--template", type=click.Choice(TEMPLATES), default="seats", show_default=True, help="Of what."
)
@click.option("--name", help="The catalog's name; the folder's, if not given.")
def command(folder: Path, template: str, name: str | None) -> int:
    """Write a catalog with tests, its price sheet, a CI workflow and hooks into FOLDER.

    Nothing that is there is overwritten.
    """
    title = name or folder.resolve().name
    identifier = re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")
    if not _NAME.fullmatch(identifier):
        raise Refusal(f"`{title}` makes no name of a catalog; give one with --name, as `acme`")
    written = dict(_files(template, identifier, title))
    written.update(_price_sheet(written, title))
    there = [path for path in written if (folder / path).exists()]
    if there:
        raise Refusal(f"{folder / there[0]}: is there already; nothing was written")
    try:
        for path, text in written.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8")
            click.echo(f"wrote {target}")
    except OSError as fault:
        raise Refusal(f"{folder}: cannot be written: {fault.strerror}") from fault
    click.echo(f"\nNext: ratebook check {folder / CATALOG}; ratebook test {folder / CATALOG}")
    return exits.CLEAN


def _files(template: str, identifier: str, title: str) -> list[tuple[str, str]]:
    """Give the files to write, by their path in the folder."""
    root = files("cli") / "templates"
    found = [(f"{CATALOG}/{each.name}", each) for each in _in(root / template)]
    found += [(PLACES.get(each.name, each.name), each) for each in _in(root / COMMON)]
    quoted = title.replace("\\", "\\\\").replace('"', '\\"')
    return [
        (
            path,
            each.read_text(encoding="utf-8")
            .replace("catalog NAME", f"catalog {identifier}")
            .replace("TITLE", quoted),
        )
        for path, each in found
    ]


def _price_sheet(written: Mapping[str, str], title: str) -> Iterator[tuple[str, str]]:
    """Give the files of the catalog's price sheet, by their path in the folder."""
    from compiler.compile import compile_sources
    from dsl.source import Source
    from proving.pricesheet.markdown import markdown_pages
    from proving.pricesheet.sheet import price_sheet

    compilation = compile_sources(
        Source(path.removeprefix(f"{CATALOG}/"), text)
        for path, text in written.items()
        if path.startswith(f"{CATALOG}/")
    )
    if compilation.catalog is None:
        fault = compilation.diagnostics[0].message
        raise Refusal(f"`{title}` makes no catalog: {fault}; give another name with --name")
    for name, text in markdown_pages(price_sheet(compilation.catalog)).items():
        yield f"{PRICE_SHEET}/{name}", text


def _in(folder: Traversable) -> list[Traversable]:
    return sorted((each for each in folder.iterdir() if each.is_file()), key=lambda each: each.name)
