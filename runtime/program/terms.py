"""The words of the program's tables, for those who need no table: nothing heavy is imported."""

from __future__ import annotations

from typing import Literal

StatusBase = Literal["billable", "non_billable", "canceled"]
ServiceBase = Literal["recurring", "non_recurring", "fee"]
Measure = Literal["data", "time", "count"]
Rounding = Literal["half_up", "half_even"]

NEW = "new"
"""The source of a lifecycle's initial transitions; not a status."""

IN_SERVICE = "in_service"
"""The one, billable status of a service without a lifecycle, from start to cancellation."""
