"""Program, customer book, usage and date to charges, invoices, ledger: knows money and time."""
