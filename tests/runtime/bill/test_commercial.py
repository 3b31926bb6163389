"""Price books, plans, contracts and overrides, from the book to the invoice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.runtime.bill.books import Book, customer, refuse, request


@pytest.mark.feature("B6")
def test_what_is_given_to_one_account_alone_is_refused_and_not_lost(tmp_path: Path) -> None:
    book = Book(customer("A")).sell("S", "A", "2026-01-01")
    book.rows["overrides"].append(
        {
            "account_service": "S-access",
            "price": "70.00",
            "effective": "2026-01-01",
            "reason": "Promised by sales",
        }
    )
    book.write(tmp_path / "book")
    refused = refuse(request(tmp_path, "2026-01-31"))
    assert refused.reasons == (
        "overrides.csv row 1: an override of a price cannot be billed by this version",
    )
