"""The published schemas are those of the models, and say what the loader checks."""

import json
from pathlib import Path

import pytest

from runtime.book.model import ENTITIES
from runtime.book.schema import Column, book_schema, columns_of, main, schema_text


@pytest.mark.parametrize("entity", ENTITIES)
def test_the_published_schema_is_that_of_the_model(root: Path, entity: str) -> None:
    path = root / "docs" / "schemas" / f"{entity}.schema.json"
    assert path.read_text("utf-8") == schema_text(entity)
    assert json.loads(path.read_text("utf-8")) == book_schema(entity)


def test_columns_say_what_their_cells_may_be() -> None:
    columns = {column.name: column for column in columns_of("accounts")}
    assert list(columns) == list(ENTITIES["accounts"].model_fields)
    assert columns["account"] == Column("account", "key", True, 200, None, None, ())
    assert columns["bill_day"] == Column("bill_day", "whole", False, None, 1, 31, ())
    assert columns["name"].kind == "text"
    assert columns["type"].choices == ("owner", "prospect", "customer", "partner")


def test_stale_schemas_are_found_and_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path)]) == 0
    assert main([str(tmp_path), "--check"]) == 0
    (tmp_path / "contacts.schema.json").write_text("{}")
    capsys.readouterr()
    assert main([str(tmp_path), "--check"]) == 1
    assert "contacts.schema.json: differs" in capsys.readouterr().out
    assert main([]) == 2
