"""Real catalogs, each a folder: sources, customers, usage, and the script that makes the two."""
