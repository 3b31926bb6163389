"""A check whose input is the same says the same again, and nobody can tell that it was kept."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.render import formats
from compiler import compile as compiling
from compiler import results
from dsl import cache
from tests.cli.conftest import Ratebook, edit

TABLE = '\nzone table destinations from "destinations.csv"\n'


class Counter:
    """How many checks were made anew."""

    count = 0


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Counter:
    """Keep results in an empty directory, and count the checks that are made anew."""
    monkeypatch.delenv(cache.OFF, raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    counter = Counter()
    check_loaded = compiling.check_loaded

    def count(*arguments: object) -> object:
        counter.count += 1
        return check_loaded(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(compiling, "check_loaded", count)
    return counter


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "ratebook" / "checks"


@pytest.fixture
def tabled(catalog: Path) -> Path:
    """A catalog that reads all that one can: a shared folder, a table and a template."""
    file = catalog / "usage.ratebook"
    file.write_text(file.read_text("utf-8") + TABLE, "utf-8")
    (catalog / "destinations.csv").write_text("zone,prefix\ngermany,49\nfrance,33\n", "utf-8")
    (catalog / "fleet.html.j2").write_text("<p>{{ page.invoice.number }}</p>", "utf-8")
    edit(
        catalog / "catalog.ratebook",
        "terms     net 30 days",
        'terms     net 30 days\n  invoice   template "fleet.html.j2"',
    )
    return catalog


def leave(catalog: Path) -> None:
    assert catalog.is_dir()


def warn(catalog: Path) -> None:
    edit(
        catalog / "services.ratebook",
        "service type access_charges",
        "service type unused = fee\nservice type access_charges",
    )


def fail(catalog: Path) -> None:
    warn(catalog)
    edit(catalog / "services.ratebook", "rates   metered", "rates   meterd")
    edit(catalog / "lifecycle.ratebook", "activate   ordered", "activate   orderd")


@pytest.mark.parametrize("form", formats())
@pytest.mark.parametrize("spoil", [leave, warn, fail])
def test_all_formats_say_the_same_again(
    ratebook: Ratebook,
    tabled: Path,
    made: Counter,
    form: str,
    spoil: Callable[[Path], None],
) -> None:
    spoil(tabled)
    arguments = ("check", tabled, "--format", form, "--strict")
    due = ratebook(*arguments, "--no-cache")
    assert [ratebook(*arguments) for _ in range(3)] == [due] * 3
    assert made.count == 2  # without the cache, and the first time with it


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("services.ratebook", "80.00 CAD", "81.00 CAD"),
        ("../shared/geography/zones.ratebook", "US", "US, MX"),
        ("destinations.csv", "49", "48"),
        ("fleet.html.j2", "invoice.number", "invoice.currency"),
    ],
    ids=["source", "shared folder", "table", "template"],
)
def test_a_text_that_changed_is_checked_anew(
    ratebook: Ratebook, tabled: Path, made: Counter, file: str, old: str, new: str
) -> None:
    ratebook("check", tabled)
    times = (tabled / file).stat()
    edit(tabled / file, old, new)
    os.utime(tabled / file, ns=(times.st_atime_ns, times.st_mtime_ns))
    ratebook("check", tabled)
    assert made.count == 2
    ratebook("check", tabled)
    assert made.count == 2


def test_a_mistake_made_and_mended_is_told_and_withdrawn(
    ratebook: Ratebook, tabled: Path, made: Counter
) -> None:
    assert ratebook("check", tabled).code == 0
    edit(tabled / "destinations.csv", "33", "thirty-three")
    wrong = ratebook("check", tabled)
    assert wrong.code == 1
    assert "thirty-three" in wrong.out
    edit(tabled / "destinations.csv", "thirty-three", "33")
    assert ratebook("check", tabled).code == 0


def test_files_that_come_and_go_are_noticed(
    ratebook: Ratebook, tabled: Path, made: Counter
) -> None:
    clean = ratebook("check", tabled)
    more = tabled / "more.ratebook"
    more.write_text("service type unused = fee\n", "utf-8")
    assert "`unused`" in ratebook("check", tabled).out
    more.unlink()
    assert ratebook("check", tabled) == clean
    (tabled / "destinations.csv").unlink()
    assert "there is no such file" in ratebook("check", tabled).out
    assert "there is no such file" in ratebook("check", tabled).out


def test_a_table_that_became_a_link_out_of_the_folder_is_refused(
    ratebook: Ratebook, tabled: Path, made: Counter
) -> None:
    assert ratebook("check", tabled).code == 0
    table = tabled / "destinations.csv"
    table.rename(tabled.parent / "outside.csv")
    table.symlink_to(tabled.parent / "outside.csv")
    assert "outside of the catalog's folder" in ratebook("check", tabled).out


def test_what_another_version_has_found_is_not_taken(
    ratebook: Ratebook, tabled: Path, made: Counter, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratebook("check", tabled)
    monkeypatch.setattr(results, "code_version", lambda: "another")
    ratebook("check", tabled)
    assert made.count == 2


DAMAGES: list[object] = [b"", b"x", b"\0" * 100_000, (), {}, {"version": 1}, 1, "text"]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: repr(damage)[:20])
def test_a_spoiled_file_is_as_good_as_none(
    ratebook: Ratebook, tabled: Path, made: Counter, kept: Path, damage: object
) -> None:
    warn(tabled)
    due = ratebook("check", tabled)
    (file,) = kept.iterdir()
    if isinstance(damage, bytes):
        file.write_bytes(damage)
    else:
        cache.keep(file, damage)
    assert ratebook("check", tabled) == due
    assert made.count == 2
    assert ratebook("check", tabled) == due
    assert made.count == 2


@pytest.mark.parametrize("part", ["own", "uses", "shared", "tables", "templates", "diagnostics"])
def test_a_file_with_a_part_of_another_kind_is_as_good_as_none(
    ratebook: Ratebook, tabled: Path, made: Counter, kept: Path, part: str
) -> None:
    warn(tabled)
    due = ratebook("check", tabled)
    (file,) = kept.iterdir()
    data = cache.load(file)
    assert isinstance(data, dict)
    for other in (3, ("a",), (("a", "b"),)):
        cache.keep(file, data | {part: other})
        assert ratebook("check", tabled) == due
    del data[part]
    cache.keep(file, data)
    assert ratebook("check", tabled) == due
    assert made.count == 5


def test_where_nothing_can_be_written_the_check_is_the_same(
    ratebook: Ratebook, tabled: Path, made: Counter, tmp_path: Path
) -> None:
    due = ratebook("check", tabled, "--no-cache")
    (tmp_path / "cache").write_text("in the way")
    assert ratebook("check", tabled) == ratebook("check", tabled) == due
    assert (tmp_path / "cache").read_text() == "in the way"


def test_nothing_is_kept_where_that_is_not_wanted(
    ratebook: Ratebook, tabled: Path, made: Counter, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ratebook("check", tabled, "--no-cache")
    monkeypatch.setenv(cache.OFF, "1")
    ratebook("check", tabled)
    assert not kept.exists()
    assert made.count == 2


def test_what_is_no_text_is_looked_at_each_time(
    ratebook: Ratebook, tabled: Path, made: Counter, kept: Path
) -> None:
    (tabled / "destinations.csv").write_bytes(b"zone,prefix\n\xff,49\n")
    said = ratebook("check", tabled)
    assert "not UTF-8" in said.out
    assert ratebook("check", tabled) == said
    (tabled / "more.ratebook").write_bytes(b"\xff")
    said = ratebook("check", tabled)
    assert ratebook("check", tabled) == said
    assert not kept.exists()
    assert made.count == 4


def test_only_the_folders_used_last_are_kept(
    ratebook: Ratebook,
    tabled: Path,
    made: Counter,
    kept: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(results, "MOST_KEPT", 2)
    folders = [tabled]
    for name in ("one", "two", "three"):
        folder = tabled.parent / name
        folder.mkdir()
        for file in tabled.iterdir():
            if file.is_file():
                (folder / file.name).write_bytes(file.read_bytes())
        folders.append(folder)
    for folder in folders:
        ratebook("check", folder)
    assert len(list(kept.iterdir())) == 2


def test_runs_at_the_same_time_each_see_a_whole_file(tmp_path: Path) -> None:
    file = tmp_path / "kept" / "file"
    written = [("data", number, "x" * 10_000 * number) for number in range(1, 5)]
    seen: set[object] = set()

    def write(data: object) -> None:
        for _ in range(20):
            cache.keep(file, data)
            seen.add(cache.load(file))

    threads = [threading.Thread(target=write, args=(data,)) for data in written]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen <= set(written)
    assert list(file.parent.iterdir()) == [file]
