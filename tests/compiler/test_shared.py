"""`use`: a folder of declarations that several catalogs share."""

from pathlib import Path

import pytest

from compiler.compile import Compilation, compile_folder

CATALOG = """\
catalog {name} {{
  currencies  USD
  timezone    "UTC"
  use         "{use}"
}}

usage class calls measured in count when country in home
"""


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.ratebook").write_text(text)


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared" / "geography"
    write(folder, zones="zone home = countries CA\n\nzone abroad = countries FR\n")
    return tmp_path


def said(compilation: Compilation) -> list[tuple[str, str, str]]:
    return [
        (found.code, found.primary.span.path, found.primary.message)
        for found in compilation.diagnostics
    ]


@pytest.mark.feature("E1")
def test_two_catalogs_share_a_folder_and_none_minds_what_only_the_other_needs(
    shared: Path,
) -> None:
    for name in ("one", "two"):
        write(shared / name, all=CATALOG.format(name=name, use="../shared/geography"))
        compilation = compile_folder(shared / name)
        assert said(compilation) == []
        assert compilation.program is not None
        assert [row.zone for row in compilation.program.zone_countries] == ["home", "abroad"]
        assert [source.path for source in compilation.sources] == [
            "../shared/geography/zones.ratebook",
            "all.ratebook",
        ]


@pytest.mark.feature("E1")
def test_a_mistake_in_a_shared_folder_is_reported_in_its_place(shared: Path) -> None:
    write(shared / "shared" / "geography", more="zone home = countries DE\n")
    write(shared / "one", all=CATALOG.format(name="one", use="../shared/geography"))
    (found,) = compile_folder(shared / "one").diagnostics
    assert found.code == "RB103"
    assert {found.primary.span.path, found.secondary[0].span.path} == {
        "../shared/geography/more.ratebook",
        "../shared/geography/zones.ratebook",
    }


@pytest.mark.feature("E1", "E2")
@pytest.mark.parametrize(
    ("use", "reason"),
    [
        ("../shared/geo", "there is no such folder"),
        ("../shared/geography/zones.ratebook", "there is no such folder"),
        ("../shared/empty", "it holds no *.ratebook file"),
        ("../other", "it holds a catalog of its own"),
        (".", "it is part of this catalog, or this catalog of it"),
        ("..", "it is part of this catalog, or this catalog of it"),
        ("inner", "it is part of this catalog, or this catalog of it"),
        ("/etc", "write it as a path from this catalog's folder, with `/`"),
    ],
)
def test_a_folder_that_cannot_be_used_is_one_fault_and_silences_its_names(
    shared: Path, use: str, reason: str
) -> None:
    (shared / "shared" / "empty").mkdir()
    write(shared / "other", all=CATALOG.format(name="other", use="../shared/geography"))
    write(shared / "one", all=CATALOG.format(name="one", use=use))
    write(shared / "one" / "inner", more="# nothing yet\n")
    assert said(compile_folder(shared / "one")) == [("RB115", "all.ratebook", reason)]


@pytest.mark.feature("E1")
def test_a_folder_is_used_once(shared: Path) -> None:
    twice = CATALOG.format(name="one", use="../shared/geography").replace(
        "}\n", '  use         "../shared/../shared/geography"\n}\n', 1
    )
    write(shared / "one", all=twice)
    assert said(compile_folder(shared / "one")) == [("RB115", "all.ratebook", "it is used twice")]
