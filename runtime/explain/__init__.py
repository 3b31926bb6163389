"""Why an invoice line is what it is: told from the frozen invoice and its usage records."""
