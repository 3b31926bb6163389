"""The rules of a catalog: one file a rule, with its page; the order is that of the codes."""

from __future__ import annotations

from compiler.checks import (
    duplicate_name,
    foreign_currency,
    missing_catalog,
    reserved_name,
    second_catalog,
    unknown_currency,
    unknown_name,
    unknown_timezone,
    wrong_kind,
)
from compiler.checks.page import Check

CHECKS: tuple[Check, ...] = (
    unknown_name,
    wrong_kind,
    duplicate_name,
    reserved_name,
    missing_catalog,
    second_catalog,
    unknown_currency,
    foreign_currency,
    unknown_timezone,
)
