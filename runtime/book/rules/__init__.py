"""The rules over the whole book, in the order they are applied.

References come first.  Histories are judged on sound rows only: on account services that
no rule has reported, nor their account packages (the table book.lives).
"""

from __future__ import annotations

from runtime.book.rule import Rule
from runtime.book.rules.account_packages import ACCOUNT_PACKAGE_RULES
from runtime.book.rules.account_services import ACCOUNT_SERVICE_RULES
from runtime.book.rules.accounts import ACCOUNT_RULES
from runtime.book.rules.changes import CHANGE_RULES
from runtime.book.rules.commercial import COMMERCIAL_RULES, OVERRIDE_RULES
from runtime.book.rules.holdings import HOLDING_RULES
from runtime.book.rules.identifiers import IDENTIFIER_REFERENCE_RULES, IDENTIFIER_RULES
from runtime.book.rules.invoicing import INVOICING_RULES
from runtime.book.rules.statuses import STATUS_REFERENCE_RULES, STATUS_RULES

REFERENCE_RULES: tuple[Rule, ...] = (
    *ACCOUNT_RULES,
    *ACCOUNT_PACKAGE_RULES,
    *ACCOUNT_SERVICE_RULES,
    *COMMERCIAL_RULES,
    *OVERRIDE_RULES,
    *CHANGE_RULES,
    *IDENTIFIER_REFERENCE_RULES,
    *STATUS_REFERENCE_RULES,
)

HISTORY_RULES: tuple[Rule, ...] = (
    *INVOICING_RULES,
    *HOLDING_RULES,
    *STATUS_RULES,
    *IDENTIFIER_RULES,
)
