"""The invoice: one frozen model made when it is posted, and the documents drawn from it."""
