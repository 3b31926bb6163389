"""What customers pay: payments, what they are applied to, credit notes, balances, statements."""
