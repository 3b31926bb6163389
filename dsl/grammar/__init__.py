"""The grammar, and the parser tables made from it."""
