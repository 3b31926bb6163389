"""The published JSON Schema of a row of each file, and the columns it describes.

The loader checks cells by the same schema it publishes.
`python -m runtime.book.schema docs/schemas` writes one file per entity; with `--check` it
says which differ and exits with 1.
"""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import JsonValue

from runtime.book.model import ENTITIES
from runtime.tables import PRICE_TYPE

Kind = Literal["key", "text", "choice", "day", "whole", "amount"]

SQL_TYPES: dict[Kind, str] = {
    "key": "VARCHAR",
    "text": "VARCHAR",
    "choice": "VARCHAR",
    "day": "DATE",
    "whole": "BIGINT",
    "amount": PRICE_TYPE,
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a book file.

    Attributes:
        name: as in the header.
        kind: `key` is compared and never altered, `text` is printed, `amount` is money.
        is_required: a cell may not be empty, and the header must have it.
        longest: characters of a key, else None.
        minimum, maximum: of a whole number, None: unbounded.
        choices: what a choice may be.
    """

    name: str
    kind: Kind
    is_required: bool
    longest: int | None
    minimum: int | None
    maximum: int | None
    choices: tuple[str, ...]


def book_schema(entity: str) -> dict[str, JsonValue]:
    """Give the JSON Schema of a row of the entity's file; null is an empty cell."""
    schema: dict[str, JsonValue] = ENTITIES[entity].model_json_schema()
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


@cache
def columns_of(entity: str) -> tuple[Column, ...]:
    """Give the columns of the entity's file, in the order of its model."""
    properties = book_schema(entity)["properties"]
    assert isinstance(properties, dict)
    return tuple(_column(name, body) for name, body in properties.items())


def _column(name: str, body: JsonValue) -> Column:
    assert isinstance(body, dict)
    options = body.get("anyOf", [body])
    assert isinstance(options, list)
    kinds = [option for option in options if isinstance(option, dict)]
    cell = next(option for option in kinds if option.get("type") != "null")
    choices = cell.get("enum", [])
    assert isinstance(choices, list)
    return Column(
        name=name,
        kind=_kind(cell),
        is_required=len(kinds) == 1,
        longest=_whole(cell.get("maxLength")),
        minimum=_whole(cell.get("minimum")),
        maximum=_whole(cell.get("maximum")),
        choices=tuple(str(choice) for choice in choices),
    )


def _kind(cell: dict[str, JsonValue]) -> Kind:
    if "enum" in cell:
        return "choice"
    if cell.get("type") == "integer":
        return "whole"
    if cell.get("format") == "date":
        return "day"
    if "pattern" in cell:
        return "amount"
    return "key" if "maxLength" in cell else "text"


def _whole(value: JsonValue) -> int | None:
    return value if isinstance(value, int) else None


def schema_text(entity: str) -> str:
    """Give the schema as it stands in docs/schemas."""
    return json.dumps(book_schema(entity), ensure_ascii=False, indent=2) + "\n"


def main(arguments: list[str]) -> int:
    """Write the schemas into the folder named, or compare them with `--check`."""
    is_check = "--check" in arguments
    folders = [argument for argument in arguments if argument != "--check"]
    if len(folders) != 1:
        sys.stderr.write("usage: python -m runtime.book.schema FOLDER [--check]\n")
        return 2
    folder = Path(folders[0])
    stale = []
    for entity in ENTITIES:
        path = folder / f"{entity}.schema.json"
        text = schema_text(entity)
        if path.is_file() and path.read_text("utf-8") == text:
            continue
        stale.append(path)
        if not is_check:
            folder.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
    for path in stale:
        sys.stdout.write(f"{path}: {'differs from the model' if is_check else 'written'}\n")
    return 1 if is_check and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
