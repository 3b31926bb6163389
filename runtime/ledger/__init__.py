"""What was posted: runs, invoices and lines in a relational database, never changed again."""
