"""Program, customer book, usage and date to charges, invoices, ledger: knows money and time."""

import os

# Arrays of events are filled once.  On machines that give memory as it is touched, huge pages,
# which numpy asks for by itself, make that several times as slow; read when numpy is loaded.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")
