"""What a run says of characters that no font of ours has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

CHARACTERS_SHOWN = 12
EXTRA = "ratebook[fonts]"


def lacking_lines(lacking: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Name the characters, the invoices and the way out; `lacking` is by invoice."""
    if not lacking:
        return
    signs = "".join(sorted({sign for _, own in lacking for sign in own}))
    shown = " ".join(signs[:CHARACTERS_SHOWN]) + (" ..." if len(signs) > CHARACTERS_SHOWN else "")
    first = lacking[0][0]
    more = f" and {len(lacking) - 1:,} more" if len(lacking) > 1 else ""
    yield (
        f"fonts: {first}{more}: no font of ours has {shown} "
        f"(U+{ord(signs[0]):04X}{', ...' if len(signs) > 1 else ''})"
    )
    yield (
        "fonts: their PDFs are set in a font of this machine, or show empty boxes; "
        f"`pip install {EXTRA}` brings Arabic and Japanese"
    )
