"""Why a document of an invoice cannot be made: a value for whoever runs the billing."""

from __future__ import annotations


class DocumentFailed(Exception):
    """A document cannot be made of this invoice; the message says why."""
