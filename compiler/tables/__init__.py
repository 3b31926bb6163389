"""Tables: CSV files that a catalog's text names, read column by column.

A table is a source like any other: its path is one the catalog's folder knows, spans point
into it, and what is wrong in it is reported there.  A statement `... from "file.csv"` is the
syntax node `dsl.syntax.tables.TableFile`; its `holds` says what the rows are.

To add a kind of table:

1. Give `Holding` (`dsl/syntax/tables.py`) a member, and build the statement with
   `dsl.build.literals.table_file`; the grammar has the rule `table_file: "from" text`.
2. Describe its columns: a module of this folder with one `Column` a column and a `Form` of
   them, named in `forms.FORMS`.  A cell's kind stands in `cells` (NAME, COUNTRY, PREFIX,
   DECIMAL, CURRENCY, QUANTITY, UNIT, WHOLE, DATE, TEXT, `words(...)`), or is a `CellKind` of
   your own: a function from a text to a value or to `Unreadable`.
3. Say with `Column(..., refers=Kind.ZONE, role="zone")` what a column's cells refer to.  The
   references then are bound, reported and drawn like those of text, each name once a table.

The rest is done by the passes: `load.load_tables` finds and reads every table that a parsed
declaration names, `Resolved.tables` hands them on, and the checks RB330 to RB333 report what
is wrong with them.

    table = resolved.tables.of(node.table)    # None: the file is lost, reported elsewhere
    len(table)                                # its sound rows, numbered from 0
    table[PREFIX]                             # Cells[str]: the column, typed by its kind
    table[PREFIX].at(row)                     # str | None; None: empty, or not readable
    list(table[PREFIX])                       # the column's values, row by row
    table[PREFIX].distinct                    # {text as written: value}, readable ones
    table[PREFIX].first(text)                 # the first row that has this text
    table.cell(row, PREFIX)                   # Span of the cell's words, made when asked for
    table.span(row)                           # Span of the row
    table.name(row, PREFIX)                   # Name of the cell, as a reference would be
    table.names(PREFIX)                       # Name of each distinct value, at its first row

Work on `distinct` wherever a column says few things in many rows: a table of 100,000 rows and
eight columns is read in a fraction of a second because nothing is done row by row.  A cell of
a required column is never None in a catalog without errors; checks must expect it to be.
Blanks around a cell are no part of it, an empty cell says nothing, an empty row is skipped.
"""
