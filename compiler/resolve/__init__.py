"""Resolved: the files of a folder merged, every reference bound to a typed id or poisoned."""
