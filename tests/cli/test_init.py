"""`ratebook init` writes a catalog whose own workflow passes, step by step."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from cli.commands.init import TEMPLATES
from tests.cli.conftest import ROOT, Ratebook

STEP = re.compile(r"^      - name: (.+)\n(?:        if: (.+)\n)?        run: (.+)$", re.MULTILINE)

IN_A_SHELL = "metered_api"


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """An environment in which `ratebook` is the one under test."""
    command = tmp_path / "bin" / "ratebook"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cli.main "$@"\n')
    command.chmod(0o755)
    return {
        **os.environ,
        "PATH": f"{command.parent}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "CI": "true",
        "GITHUB_BASE_REF": "main",
        "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
    }


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=a", "-c", "user.email=a@b")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True)


@pytest.mark.feature("E1", "E2", "E3", "E4")
@pytest.mark.parametrize("template", TEMPLATES)
def test_the_written_workflow_passes_step_by_step(
    template: str,
    tmp_path: Path,
    ratebook: Ratebook,
    environment: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """On a pull request that raises a price: the plan is shown, and nothing is refused.

    Of one template a shell runs the steps, as the workflow's machine does; of the others their
    commands are run in this process, which begins sooner.
    """
    folder = tmp_path / "acme-prices"
    assert ratebook("init", folder, "--template", template).code == 0
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "Begin")
    git(folder, "update-ref", "refs/remotes/origin/main", "HEAD")
    catalog = folder / "catalog" / "catalog.ratebook"
    text = catalog.read_text(encoding="utf-8")
    assert 'catalog acme_prices "acme-prices"' in text
    catalog.write_text(text.replace('"acme-prices"', '"Acme"'), encoding="utf-8")
    sheet = ("docs", folder / "catalog", "--out", folder / "price-sheet", "--format", "markdown")
    assert ratebook(*sheet, "--check").out.startswith(f"{folder}/price-sheet/README.md: stale\n")
    assert ratebook(*sheet).code == 0
    workflow = (folder / ".github" / "workflows" / "ratebook.yml").read_text(encoding="utf-8")
    steps = STEP.findall(workflow)
    assert [name for name, _, _ in steps] == [
        *("Install", "Check", "Layout", "Tests", "Price sheet", "Plan", "Show the plan"),
    ]
    assert workflow.count("run:") == len(steps)
    monkeypatch.chdir(folder)
    for name in ("CI", "GITHUB_BASE_REF"):
        monkeypatch.setenv(name, environment[name])
    for name, _, run in steps[1:]:
        command = shlex.split(os.path.expandvars(run))
        if template != IN_A_SHELL and command[0] == "ratebook":
            said = ratebook(*command[1:])
            assert said.code == 0, f"{name}: {said.text}"
            continue
        done = subprocess.run(
            ["bash", "-e", "-c", run],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{name}: {done.stdout}{done.stderr}"
    summary = Path(environment["GITHUB_STEP_SUMMARY"]).read_text(encoding="utf-8")
    assert "| reworded | catalog title | acme-prices | Acme |" in summary


@pytest.mark.feature("E1")
def test_nothing_is_overwritten_and_a_name_must_be_one(tmp_path: Path, ratebook: Ratebook) -> None:
    (tmp_path / "README.md").write_text("mine")
    refused = ratebook("init", tmp_path, "--name", "acme")
    assert (refused.code, (tmp_path / "README.md").read_text()) == (2, "mine")
    assert "README.md: is there already; nothing was written" in refused.err
    assert not (tmp_path / "catalog").exists()
    nameless = ratebook("init", tmp_path / "new", "--name", "42")
    assert nameless.code == 2
    assert "`42` makes no name of a catalog" in nameless.err


def test_the_templates_are_laid_out_and_clean(tmp_path: Path, ratebook: Ratebook) -> None:
    for template in TEMPLATES:
        folder = tmp_path / template
        assert ratebook("init", folder, "--template", template).code == 0
        assert ratebook("fmt", "--check", folder).code == 0
        assert ratebook("check", "--strict", folder / "catalog").code == 0
        sheet = ("--out", folder / "price-sheet", "--format", "markdown")
        assert ratebook("docs", folder / "catalog", *sheet, "--check").code == 0
        assert "# " in (folder / "price-sheet" / "README.md").read_text("utf-8")
