"""Which files are a catalog, and what is said of a folder that is none."""

import os
from pathlib import Path

import pytest

from compiler.compile import compile_folder
from compiler.load import CatalogFault, load_folder
from compiler.session import Session
from tests.compiler.catalogs import TINY, codes_of


def write(folder: Path, path: str, text: str) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")


def paths(folder: Path) -> list[str]:
    return [source.path for source in load_folder(folder, Session()).sources]


def test_files_of_subfolders_belong_to_the_catalog_in_order_of_path(tmp_path: Path) -> None:
    write(tmp_path, "z.ratebook", TINY)
    write(tmp_path, "usage/rates.ratebook", "")
    write(tmp_path, "a.ratebook", "")
    write(tmp_path, "notes.txt", "")
    assert paths(tmp_path) == ["a.ratebook", "usage/rates.ratebook", "z.ratebook"]


def test_hidden_folders_and_other_catalogs_do_not_belong_to_it(tmp_path: Path) -> None:
    write(tmp_path, "a.ratebook", TINY)
    write(tmp_path, ".git/b.ratebook", "")
    write(tmp_path, "other/c.ratebook", TINY)
    write(tmp_path, "other/usage/d.ratebook", "")
    assert paths(tmp_path) == ["a.ratebook"]


@pytest.mark.feature("E2")
def test_missing_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogFault, match="nowhere: there is no such folder"):
        compile_folder(tmp_path / "nowhere")


@pytest.mark.feature("E2")
def test_file_in_place_of_a_folder_is_named(tmp_path: Path) -> None:
    write(tmp_path, "a.ratebook", TINY)
    with pytest.raises(CatalogFault, match="is a file; a catalog is a folder"):
        compile_folder(tmp_path / "a.ratebook")


@pytest.mark.feature("E2")
def test_folder_without_a_catalog_is_named(tmp_path: Path) -> None:
    with pytest.raises(CatalogFault, match=r"holds no \*\.ratebook file"):
        compile_folder(tmp_path)


@pytest.mark.feature("E2")
def test_the_catalog_below_a_folder_is_proposed(tmp_path: Path) -> None:
    write(tmp_path, "prices/catalog.ratebook", TINY)
    with pytest.raises(CatalogFault, match=r"file; did you mean .*/prices\?"):
        load_folder(tmp_path, Session())


@pytest.mark.feature("E2")
def test_unreadable_file_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.ratebook").symlink_to(tmp_path / "gone")
    with pytest.raises(CatalogFault, match=r"a\.ratebook: cannot be read: No such file"):
        compile_folder(tmp_path)


@pytest.mark.feature("E2")
def test_a_pipe_is_named_and_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.ratebook")
    with pytest.raises(CatalogFault, match=r"a\.ratebook: is no file of text but a pipe"):
        compile_folder(tmp_path)


@pytest.mark.feature("E2")
def test_file_that_is_not_text_is_one_diagnostic(tmp_path: Path) -> None:
    write(tmp_path, "a.ratebook", TINY + "service visit {\n  type  visits\n}\n")
    (tmp_path / "b.ratebook").write_bytes(b"service type visits = fee # caf\xe9\n")
    compilation = compile_folder(tmp_path)
    assert codes_of(compilation) == ["RB001"]
    assert compilation.program is None


def test_catalog_with_windows_line_ends_and_a_byte_order_mark_compiles(tmp_path: Path) -> None:
    text = "\ufeff" + (TINY + "service visit {\n  type  fee\n}\n").replace("\n", "\r\n")
    (tmp_path / "a.ratebook").write_bytes(text.encode())
    compilation = compile_folder(tmp_path)
    assert codes_of(compilation) == []
    assert compilation.program is not None
    assert "\r" not in compilation.program.sources[0].text


def test_empty_file_lacks_the_catalog(tmp_path: Path) -> None:
    write(tmp_path, "a.ratebook", "")
    assert codes_of(compile_folder(tmp_path)) == ["RB105"]
