"""Kill a billing run at random instants, run it again, and compare with an undisturbed one.

`python -m tests.kills --records 5_000_000 --times 100`: two runs of the connectivity catalog,
the first with early usage.  The second one is killed (SIGKILL), begun again and killed again,
up to `--chain` times, then run to its end.  Everything that is left must be what the undisturbed
run left, to the byte: rated usage, exceptions, usage store, documents, and every row of the
ledger.

A run that was killed after it had posted is followed by one that finds nothing to bill; of
that one only its number may be seen.

With `--postgres` the ledgers are databases of a server that is started for them.
"""
