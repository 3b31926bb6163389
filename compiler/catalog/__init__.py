"""The catalog: closed, frozen and typed; defaults and sugar are gone, spans are kept."""
