"""Invoices on their way to the customer: the outbox, messages, SMTP and the offline folder."""
