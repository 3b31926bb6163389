"""What a program's prices say, as text: equal texts charge equally, wherever they stand.

Numbers of prices and lines of sources are left out, so that a catalog that is only laid out
anew, or has another price besides, says the same of all others.
"""

from __future__ import annotations

from runtime.program.model import Program


def price_texts(program: Program) -> dict[int, str]:
    """Give what each price says, by its number."""
    parts: dict[int, list[str]] = {
        each.id: [each.model_dump_json(exclude={"id"})] for each in program.prices
    }
    for tier in program.price_tiers:
        parts[tier.price].append(tier.model_dump_json(exclude={"price", "source"}))
    for term in program.price_terms:
        parts[term.price].append(term.model_dump_json(exclude={"price"}))
    return {own: " ".join(words) for own, words in parts.items()}
