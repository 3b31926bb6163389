"""`ratebook rules`: what a catalog can say, and what is checked of it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from cli import exits
from cli.catalogs import Refusal

if TYPE_CHECKING:
    from compiler.constructs import Construct


@click.command(short_help="List what a catalog can say, and what is checked of it.")
@click.argument("kind", required=False, metavar="[KIND]")
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text")
def command(kind: str | None, form: str) -> int:
    """List the kinds of declaration with the checks that guard each.

    With KIND, as `rate_group` or "rate group": where each layer holds it, its checks, and
    an example that is right and one that is wrong.
    """
    from compiler.constructs import constructs
    from compiler.resolve.nearest import nearest

    every = constructs()
    if kind is None:
        click.echo(_json(every) if form == "json" else _table(every), nl=False)
        return exits.CLEAN
    wanted = kind.strip().replace(" ", "_")
    found = next((each for each in every if each.kind.value == wanted), None)
    if found is None:
        known = [each.kind.value for each in every]
        near = nearest(wanted, known)
        hint = f"did you mean `{near}`?" if near else f"there are: {', '.join(known)}"
        raise Refusal(f"`{kind}` is no kind of declaration; {hint}")
    click.echo(_json((found,)) if form == "json" else _whole(found), nl=False)
    return exits.CLEAN


def _table(every: tuple[Construct, ...]) -> str:
    width = max(len(each.kind.words) for each in every)
    rows = [f"{each.kind.words:{width}}  {_codes(each)}" for each in every]
    return "\n".join(rows) + "\n"


def _codes(each: Construct) -> str:
    return " ".join(code.code for code in each.checks)


def _whole(each: Construct) -> str:
    checks = "\n".join(f"  {code.code}  {code.severity:7}  {code.title}" for code in each.checks)
    return (
        f"{each.kind.words}\n"
        f"  syntax   {each.node}\n"
        f"  program  {', '.join(each.tables)}\n\n"
        f"checks\n{checks}\n\n"
        f"right\n{_indented(each.good)}\n"
        f"wrong ({each.checks[0].code})\n{_indented(each.bad)}"
    )


def _indented(text: str) -> str:
    return "".join(f"  {line}\n" if line else "\n" for line in text.strip().splitlines())


def _json(every: tuple[Construct, ...]) -> str:
    body = [
        {
            "kind": each.kind.value,
            "syntax": each.node,
            "program": list(each.tables),
            "checks": [code.code for code in each.checks],
            "good": each.good,
            "bad": each.bad,
        }
        for each in every
    ]
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"
