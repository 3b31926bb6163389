"""Writes rows of the book's models as the files of a book."""

import csv
from collections.abc import Sequence
from pathlib import Path

from runtime.book.model import ENTITIES, BookRow


def write_entity(folder: Path, entity: str, rows: Sequence[BookRow]) -> None:
    names = list(ENTITIES[entity].model_fields)
    with (folder / f"{entity}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(names)
        for row in rows:
            cells = (getattr(row, name) for name in names)
            writer.writerow(["" if cell is None else cell for cell in cells])
