"""Lower the catalog into the program's tables, one module a family."""
