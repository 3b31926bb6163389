"""The book: the customer data a run bills, one file per entity, checked before anything is."""
