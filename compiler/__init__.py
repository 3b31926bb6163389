"""Syntax to resolved to catalog to program: knows what is right and wrong in a catalog."""
