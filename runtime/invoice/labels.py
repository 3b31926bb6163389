"""The words that documents print of their own, in the language of the account's locale.

`labels.csv` holds them: a row a phrase, a column a language; the English one is its name.  A
language that is not there, and a phrase that is not there, print in English.  What the catalog
and the book say (titles, names, addresses) prints as they say it.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).with_suffix(".csv")
DEFAULT = "en"
RIGHT_TO_LEFT = frozenset({"ar", "arc", "ckb", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


@lru_cache(maxsize=1)
def languages() -> Mapping[str, Mapping[str, str]]:
    """Give the phrases of each language by their English."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {name: {row[DEFAULT]: row[name] for row in rows} for name in rows[0]}


def language_of(locale: str) -> str:
    """Give the language that documents of a locale (`de_AT`) are labelled in."""
    language = locale.replace("-", "_").partition("_")[0].lower()
    return language if language in languages() else DEFAULT


def direction_of(locale: str) -> str:
    """Give how documents of a locale are laid out: `rtl` where its language is labelled so."""
    return "rtl" if language_of(locale) in RIGHT_TO_LEFT else "ltr"


def labeller(language: str) -> Callable[..., str]:
    """Give what prints a phrase in a language, `{0}` and `{1}` replaced by what is given."""
    phrases = languages().get(language, {})

    def label(phrase: str, *given: object) -> str:
        text = phrases.get(phrase, phrase)
        for place, value in enumerate(given):
            text = text.replace(f"{{{place}}}", str(value))
        return text

    return label
