"""An invoice as plain text: a Jinja2 template over the frozen model, in the same sandbox."""

from __future__ import annotations

from functools import lru_cache

from jinja2 import FileSystemLoader, Template
from markupsafe import Markup

from runtime.invoice.format import Printer, printer_of
from runtime.invoice.model import Invoice
from runtime.invoice.own_template import TEMPLATES, OwnTemplate, draw_own
from runtime.invoice.page import page_of
from runtime.invoice.sandbox import Sandbox

DEFAULT_TEMPLATE = "invoice.txt.j2"


def render_text(invoice: Invoice, own: OwnTemplate | None = None) -> str:
    """Draw an invoice as plain text; what is printed is cleaned, and nothing is escaped.

    Args:
        invoice: posted, or a draft.
        own: a template of the catalog's that draws a text; None: Ratebook's.

    Raises:
        TemplateFailed: the catalog's own template cannot draw this invoice.
        babel.UnknownLocaleError: the invoice's locale is unknown.
    """
    printer = printer_of(invoice.locale, invoice.currency, invoice.minor_units)
    page = page_of(invoice, printer, Markup())
    if own is not None:
        return draw_own(own, page)
    return _template(printer).render(page=page)


@lru_cache(maxsize=256)
def _template(printer: Printer) -> Template:
    return Sandbox(printer, FileSystemLoader(TEMPLATES), "text").get_template(DEFAULT_TEMPLATE)
