"""A plan as JSON: amounts are decimal texts in major units, days ISO dates."""

from __future__ import annotations

import json

from proving.plan.plan import Plan
from proving.plan.replay import Compared

FORMAT = 1


def plan_json(plan: Plan) -> str:
    """Write a plan."""
    body = {
        "format": FORMAT,
        "catalog": plan.catalog,
        "against": plan.against,
        "on": plan.on.isoformat(),
        "refused": plan.is_refused,
        "edits": [
            {
                "id": edit.id,
                "verb": edit.verb,
                "level": edit.level,
                "noun": edit.noun,
                "subject": edit.subject,
                "before": edit.before,
                "after": edit.after,
                "entity": edit.entity,
                "place": edit.place,
                "reaches": [list(way) for way in edit.reaches],
                "refused": edit in plan.refused,
                "exempted": edit.id in plan.exempted,
            }
            for edit in plan.edits
        ],
        "held": {
            package: {"account_packages": held.account_packages, "accounts": held.accounts}
            for package, held in plan.held.items()
        },
        "replay": None if plan.compared is None else _compared(plan, plan.compared),
    }
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _compared(plan: Plan, compared: Compared) -> dict[str, object]:
    replay = compared.replay
    return {
        "as_of": replay.as_of.isoformat(),
        "since": replay.since and replay.since.isoformat(),
        "records": list(compared.records),
        "accounts": [
            {
                "account": each.account,
                "currency": each.currency,
                "before": f"{each.before:f}",
                "after": f"{each.after:f}",
                "change": f"{each.change:f}",
                "percent": None if each.percent is None else f"{each.percent:f}",
            }
            for each in compared.accounts
        ],
        "lines": [
            {
                "service": each.service,
                "kind": each.kind,
                "currency": each.currency,
                "before": f"{each.before:f}",
                "after": f"{each.after:f}",
                "change": f"{each.change:f}",
            }
            for each in compared.lines
        ],
        "over_limit": [each.account for each in plan.over],
    }
