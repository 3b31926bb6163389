"""Print syntax in the one canonical layout; one module per construct family."""

from dsl.printer.formatting import FormattedText, FormatterFault, format_source

__all__ = ["FormattedText", "FormatterFault", "format_source"]
