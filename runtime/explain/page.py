"""An explanation as one HTML page: no script, no host, no other file, on screen and on paper."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from runtime.explain.model import Explanation
from runtime.invoice.format import clean_text

_FOLDER = Path(__file__).parent / "templates"


def render_page(subject: str, explanation: Explanation) -> str:
    """Draw an explanation; what customers called themselves is escaped, and cleaned of bidi."""
    return _template().render(subject=subject, root=explanation)


def _cleaned(value: object) -> object:
    """Clean a text of ours or a customer's; what the template's macros made is done."""
    return clean_text(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@lru_cache(maxsize=1)
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_cleaned,
    )
    return environment.get_template("explanation.html.j2")
