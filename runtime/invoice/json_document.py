"""An invoice as JSON: the model itself, in its own order, and back.

Decimals are strings in plain notation, so no reader can take them for binary floats;
dates are ISO 8601.  The bytes are canonical: equal invoices give equal bytes.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from runtime.invoice.model import Invoice


def to_json(invoice: Invoice) -> bytes:
    """Return the canonical JSON of an invoice, in UTF-8, ending in a line break."""
    text = json.dumps(
        invoice.model_dump(), default=_plain, ensure_ascii=False, separators=(",", ":")
    )
    return text.encode("utf-8") + b"\n"


def from_json(data: bytes) -> Invoice:
    """Read an invoice that `to_json` wrote.

    Raises:
        pydantic.ValidationError: it is not JSON, or not an invoice of this format.
    """
    return Invoice.model_validate_json(data)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return format(abs(value) if value.is_zero() else value, "f")
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"an invoice holds no {type(value).__name__}")
