"""The wheel is whole: installed away from the source tree, it checks and bills a real catalog."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("cli", "compiler", "dsl", "proving", "runtime")
CATALOG = ROOT / "catalogs" / "connectivity"
AS_OF = "2026-02-01"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    _run(
        *(sys.executable, "-m", "build", "--wheel", "--no-isolation"),
        *("--outdir", str(folder), str(ROOT)),
        cwd=folder,
    )
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of commands of a fresh environment which holds the wheel.

    Its dependencies are those of the environment that runs the tests, by a path file: Python
    reads no path files in a folder added that way, so an editable install there stays unseen.
    """
    venv = tmp_path_factory.mktemp("installed") / "venv"
    _run(sys.executable, "-m", "venv", "--without-pip", str(venv), cwd=venv.parent)
    _run(
        *(sys.executable, "-m", "pip", "--python", str(venv / "bin" / "python"), "install"),
        *("--quiet", "--no-index", "--no-deps", "--disable-pip-version-check", str(wheel)),
        cwd=venv.parent,
    )
    (site_packages,) = venv.glob("lib/python*/site-packages")
    dependencies = "\n".join({sysconfig.get_path("purelib"), sysconfig.get_path("platlib")})
    (site_packages / "dependencies.pth").write_text(dependencies + "\n", "utf-8")
    return venv / "bin"


def test_the_wheel_holds_every_file_of_our_packages_and_no_other(wheel: Path) -> None:
    tracked = _run("git", "ls-files", "--", *PACKAGES, cwd=ROOT).splitlines()
    expected = {path for path in tracked if (ROOT / path).is_file()}
    with zipfile.ZipFile(wheel) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
    assert not expected - names, "left out of the wheel"
    assert {name.partition("/")[0] for name in names} == set(PACKAGES)


def test_the_wheel_is_what_gets_imported(installed: Path, tmp_path: Path) -> None:
    show = f"import {', '.join(PACKAGES)}; print({', '.join(f'{p}.__file__' for p in PACKAGES)})"
    places = _run(str(installed / "python"), "-c", show, cwd=tmp_path).split()
    assert len(places) == len(PACKAGES)
    for place in places:
        assert Path(place).is_relative_to(installed.parent), f"{place} is not the wheel's"


def test_the_wheel_checks_and_bills_a_catalog(installed: Path, tmp_path: Path) -> None:
    catalog = tmp_path / "connectivity"
    shutil.copytree(CATALOG, catalog)
    shutil.copytree(CATALOG.parent / "shared", tmp_path / "shared")
    ratebook = str(installed / "ratebook")
    _run(ratebook, "check", str(catalog), cwd=tmp_path)
    _run(
        *(ratebook, "bill", str(catalog), "--book", str(catalog / "book")),
        *("--usage", str(catalog / "usage" / "*"), "--as-of", AS_OF, "--out", "out"),
        cwd=tmp_path,
    )
    written = {path.suffix for path in (tmp_path / "out").rglob("*") if path.stat().st_size}
    assert {".html", ".pdf", ".json"} <= written


def test_the_locks_pin_each_dependency_and_name_no_host() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = project["optional-dependencies"]
    runtime = _pinned(ROOT / "requirements.lock")
    development = _pinned(ROOT / "requirements-dev.lock")
    assert {_name(each) for each in project["dependencies"]} <= runtime.keys()
    assert {_name(each) for extra in extras.values() for each in extra} <= development.keys()
    assert runtime.items() <= development.items(), "the two locks differ: run `make lock`"


def _pinned(lock: Path) -> dict[str, str]:
    """Return name and version of each requirement; every one has hashes, and no line an address."""
    text = lock.read_text("utf-8")
    assert "://" not in text
    assert not re.search(r"^-", text, re.MULTILINE), f"{lock.name} holds an option for pip"
    blocks = re.findall(r"^([a-z0-9-]+)==(\S+) \\\n((?: .*\n)+)", text, re.MULTILINE)
    assert len(blocks) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
    for name, _, block in blocks:
        assert "--hash=sha256:" in block, f"{name} has no hash"
    return {name: version for name, version, _ in blocks}


def _name(requirement: str) -> str:
    return re.split(r"[\[<>=!~; ]", requirement, maxsplit=1)[0].lower()


def _run(*command: str, cwd: Path) -> str:
    """Run a command away from the source tree; its output is part of the failure."""
    environment = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "VIRTUAL_ENV"}}
    done = subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, (
        f"{' '.join(command)}: exit {done.returncode}\n{done.stdout}{done.stderr}"
    )
    return done.stdout
