"""Ledgers of these tests are in the database that is asked for; see tests/ledgers.py."""

import pytest

from tests.ledgers import Database


@pytest.fixture(autouse=True)
def _ledgers(database: Database) -> Database:
    return database
