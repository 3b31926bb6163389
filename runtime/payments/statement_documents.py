"""Documents of a statement: text, HTML and PDF by the templates of invoices, and JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType

from jinja2 import FileSystemLoader
from markupsafe import Markup

from runtime.invoice.format import printer_of
from runtime.invoice.html import default_style
from runtime.invoice.own_template import TEMPLATES
from runtime.invoice.sandbox import Draws, Sandbox
from runtime.payments.statement_model import Statement, StatementPage


def statement_text(statement: Statement) -> bytes:
    """Draw a statement as plain text."""
    return _drawn(statement, "statement.txt.j2", "text").encode("utf-8")


def statement_html(statement: Statement) -> bytes:
    """Draw a statement as one HTML document with its style inside."""
    return _drawn(statement, "statement.html.j2", "html").encode("utf-8")


def statement_pdf(statement: Statement) -> bytes:
    """Print a statement's HTML on paper."""
    from runtime.invoice.pdf import render_pdf

    return render_pdf(_drawn(statement, "statement.html.j2", "html"))


def statement_json(statement: Statement) -> bytes:
    """Give the statement's own values; amounts are text in plain notation."""
    values = statement.model_dump(mode="json")
    return (json.dumps(values, ensure_ascii=False) + "\n").encode("utf-8")


DRAWINGS: Mapping[str, Callable[[Statement], bytes]] = MappingProxyType(
    {
        "text": statement_text,
        "html": statement_html,
        "pdf": statement_pdf,
        "json": statement_json,
    }
)
"""What draws each kind of document."""


def _drawn(statement: Statement, template: str, draws: Draws) -> str:
    printer = printer_of(statement.locale, statement.currency, statement.minor_units)
    page = StatementPage(
        statement=statement, currency_name=printer.currency_name, paper=printer.paper
    )
    style = default_style() if draws == "html" else Markup()
    sandbox = Sandbox(printer, FileSystemLoader(TEMPLATES), draws)
    return sandbox.get_template(template).render(page=page, style=style)
