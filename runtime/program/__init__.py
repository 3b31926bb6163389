"""The program: what a billing worker needs of a catalog, as relational tables.

The runtime owns it as a machine owns its instruction set; the compiler writes it.
"""
