"""The pages of the syntax's codes, whose table stands in `dsl.codes`."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from compiler.checks.page import TINY, Page
from dsl import codes

_FEE = TINY + "service visit {\n  type  fee\n}\n"

PAGES: Mapping[str, Page] = MappingProxyType(
    {
        codes.NOT_TEXT.code: Page(
            what="A file is not text in UTF-8: it was saved in another encoding, or is no text "
            "at all, or holds signs with which an editor shows another text than there is: line "
            "ends of other kinds, and marks that turn the direction of text around. Nothing in "
            "it is read.",
            why="Read in a wrong encoding, names and titles would change without a word; and what "
            "is reviewed as a comment would be a price, or a price a comment.",
            bad="",
            good="",
        ),
        codes.UNKNOWN_DECLARATION.code: Page(
            what="A line outside of all braces starts with a word that starts no declaration.",
            why="What was to be declared would be missing from the catalog.",
            bad=TINY + "servise visit {\n  type  fee\n}\n",
            good=_FEE,
        ),
        codes.OUTSIDE.code: Page(
            what="Text stands outside of any declaration. A statement stands between the braces "
            "of the declaration it is about.",
            why="It is not known what it would belong to.",
            bad=TINY + "service visit {\n  type  fee\n}\nidentified by  badge\n",
            good=TINY + "service visit {\n  type           fee\n  identified by  badge\n}\n",
        ),
        codes.UNCLOSED_BRACE.code: Page(
            what="A `{` has no `}`. The next declaration in the first column is read all the same.",
            why="It would be open what belongs to the block.",
            bad=TINY + "service visit {\n  type  fee\n\nservice setup {\n  type  fee\n}\n",
            good=TINY + "service visit {\n  type  fee\n}\n\nservice setup {\n  type  fee\n}\n",
        ),
        codes.STRAY_BRACE.code: Page(
            what="A `}` stands where no block is open, or closes a block too early.",
            why="What follows it would fall out of its block.",
            bad=_FEE + "}\n",
            good=_FEE,
        ),
        codes.UNCLOSED_TEXT.code: Page(
            what='A text that starts with `"` does not end on its line.',
            why="The rest of the file could be taken for its text.",
            bad=TINY + 'service visit "Visit {\n  type  fee\n}\n',
            good=TINY + 'service visit "Visit" {\n  type  fee\n}\n',
        ),
        codes.UNKNOWN_CHARACTER.code: Page(
            what="A character has no meaning in the language: a `$` or a `€`, say, for a currency.",
            why="The language has words where a sign could mean several things; `$` is the sign "
            "of many currencies.",
            bad=TINY + "service setup {\n  type   non_recurring\n  price  $5.00\n}\n",
            good=TINY + "service setup {\n  type   non_recurring\n  price  5.00 USD\n}\n",
        ),
        codes.UNEXPECTED.code: Page(
            what="A statement goes on with something else than its form allows.",
            why="It has a meaning only in its own form.",
            bad=TINY + "service visit {\n  type = fee\n}\n",
            good=_FEE,
        ),
        codes.UNKNOWN_STATEMENT.code: Page(
            what="A line in a block starts with a word that starts no statement there.",
            why="What it should say would be lost.",
            bad=TINY + "service visit {\n  tpye  fee\n}\n",
            good=_FEE,
        ),
        codes.UNFINISHED.code: Page(
            what="A statement ends before it is complete. A statement ends with its line, save "
            "inside braces.",
            why="What is missing decides what it means.",
            bad=TINY + "service visit {\n  type\n}\n",
            good=_FEE,
        ),
        codes.DOUBLED.code: Page(
            what="A statement that a block has once stands there twice.",
            why="It would be open which of the two holds.",
            bad=TINY + "service visit {\n  type  fee\n  type  recurring\n}\n",
            good=_FEE,
        ),
        codes.TOO_DEEP.code: Page(
            what="A condition or a sum has more parts or braces than are read.",
            why="Such a text is almost surely an accident; long lists belong into zones and "
            "usage classes.",
            bad="",
            good="",
        ),
        codes.IMPOSSIBLE_DATE.code: Page(
            what="A date, written year-month-day, is not in the calendar.",
            why="Dates start and end what is sold and billed.",
            bad=TINY + "service visit {\n  type    fee\n  active  from 2026-02-30\n}\n",
            good=TINY + "service visit {\n  type    fee\n  active  from 2026-02-28\n}\n",
        ),
        codes.LONG_NUMBER.code: Page(
            what="A number has more digits than are read.",
            why="Amounts are exact, in numbers of at most 38 digits.",
            bad=TINY
            + "service setup {\n  type   non_recurring\n"
            + "  price  1_000_000_000_000_000_000_000_000_000_000_000 USD\n}\n",
            good=TINY + "service setup {\n  type   non_recurring\n  price  1_000_000 USD\n}\n",
        ),
        codes.UNKNOWN_ESCAPE.code: Page(
            what="A text in quotes holds a `\\` before a letter that it means nothing with.",
            why='A `\\` stands before `"` and before another `\\`; alone it is often a slip.',
            bad=TINY + 'service visit "Day\\Night" {\n  type  fee\n}\n',
            good=TINY + 'service visit "Day\\\\Night" {\n  type  fee\n}\n',
        ),
        codes.IMPOSSIBLE_FREQUENCY.code: Page(
            what="A frequency is not a whole number of months.",
            why="Billing periods run from a day of one month to the same day of another.",
            bad=TINY + "service line {\n  type  recurring\n  price every 1.5 months 5.00 USD\n}\n",
            good=TINY + "service line {\n  type  recurring\n  price every 2 months 5.00 USD\n}\n",
        ),
    }
)
