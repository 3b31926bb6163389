"""From parse trees to syntax nodes; one module per construct family, as in `dsl.syntax`."""
