"""The catalog that random histories are sold from: every way of charging that takes a day."""

from __future__ import annotations

from functools import cache

from hypothesis import settings

from runtime.program.model import Program
from tests.compiler.catalogs import compile_text
from tests.runtime.histories.usage import USAGE

IS_HEAVY = settings().max_examples > 100
"""Whether the heavy profile runs."""

SECONDS = "by seconds"
"""How parts are counted that cost the engine as much to plan as all else."""

TEXT = """\
catalog histories {
  currencies  CAD, JPY, KWD
  timezone    "America/Toronto"
}

bill group all {
  bill day  1
  terms     net 30 days
}

bill group small {
  bill day       5
  zero invoices  suppressed
  carry forward  under 60.00 CAD, 6_000 JPY, 18.000 KWD
}

tax vat {
  telecom    CA-ON 13%, JP 10%, KW 0%
  fees       CA-ON 5%, CA-ON 6.5% from 2025-06-15, JP 8%, KW 0%
  exemption  charity "A charity"
}

tax city {
  telecom  CA-ON 1.25%
}

tax levy {
  prices   include tax
  content  CA-ON 7%, JP 9%, KW 5%
}

service status ordered   = non_billable
service status active    = billable
service status paused    = billable
service status cancelled = canceled

package status held   = non_billable
package status open   = billable
package status closed = canceled

lifecycle line {
  order      new -> ordered
  activate   ordered -> active
  pause      active -> paused
  resume     paused -> active
  terminate  ordered, active, paused -> cancelled
}

count active_lines = service line in active across account
count tree_meters  = service meter in active where package in open across account tree
count own_meters   = service meter across account package
count offers_held  = package offer_0, offer_2, offer_5 in open across account tree

service shortfall {
  type  fee
  tax   fees
}

service early_exit {
  type  fee
}

service connection {
  type  fee
  tax   telecom
}

service line {
  type       recurring
  lifecycle  line
  tax        telecom

  price monthly {
    active  29.99 CAD, 3_001 JPY, 9.125 KWD
    paused   5.01 CAD,   499 JPY, 1.001 KWD
  }
  price monthly from 2025-07-01 for all {
    active  31.01 CAD, 3_101 JPY, 9.333 KWD
    paused   5.01 CAD,   499 JPY, 1.001 KWD
  }
  price quarterly {
    active  85.55 CAD, 8_555 JPY, 26.626 KWD
    paused  15.00 CAD, 1_499 JPY,  3.001 KWD
  }

  on activate charge connection  12.50 CAD, 1_250 JPY, 3.755 KWD
  on resume   charge connection   2.50 CAD,   250 JPY, 0.755 KWD
}

service seat {
  type  recurring
  tax   content

  price monthly graduated {
    up to 3  7.77 CAD, 777 JPY, 2.345 KWD
    beyond   6.66 CAD, 666 JPY, 2.001 KWD
  }
  price monthly from 2025-02-10 for new sales graduated {
    up to 3  8.11 CAD, 811 JPY, 2.468 KWD
    beyond   6.66 CAD, 666 JPY, 2.001 KWD
  }
  price monthly from 2025-08-20 for renewals graduated {
    up to 2  8.88 CAD, 888 JPY, 2.678 KWD
    beyond   6.01 CAD, 601 JPY, 1.811 KWD
  }
  price quarterly  21.00 CAD, 2_100 JPY, 6.543 KWD
}

service desk {
  type  recurring

  price monthly volume by active_lines {
    up to 1  4.00 CAD, 400 JPY, 1.200 KWD
    beyond   3.33 CAD, 333 JPY, 1.111 KWD
  } less 10%
  price quarterly  11.00 CAD, 1_100 JPY, 3.300 KWD
}

service board {
  type  recurring
  tax   content

  price monthly graduated by tree_meters {
    up to 1  3.00 CAD each, 300 JPY each, 0.900 KWD each
    beyond   2.22 CAD each, 222 JPY each, 0.777 KWD each
  } at most 20.00 CAD, 2_000 JPY, 6.000 KWD at least 1.50 CAD, 150 JPY, 0.450 KWD
  price quarterly volume by offers_held {
    up to 1  9.99 CAD flat, 999 JPY flat, 2.999 KWD flat  even at zero
    beyond   18.88 CAD flat, 1_888 JPY flat, 5.555 KWD flat
  }
}

service setup {
  type   non_recurring
  tax    telecom
  price  50.00 CAD, 5_000 JPY, 15.125 KWD
}

discount launch = 33% off for 3 periods
discount loyal  = 1.00 CAD off, 100 JPY off, 0.333 KWD off
discount trial  = at 1.50 CAD, 150 JPY, 0.505 KWD for 1 period

contract spender {
  term           3 months
  renews         2 months
  minimum        80.00 CAD, 8_000 JPY, 24.000 KWD per month charge shortfall
  minimum        200.00 CAD, 20_000 JPY, 60.000 KWD per term charge shortfall prepaid
  leaving early  costs 35% of remaining charges charge early_exit
  service line monthly {
    active  27.77 CAD, 2_777 JPY, 8.888 KWD
    paused   5.01 CAD,   499 JPY, 1.001 KWD
  }
}

contract counter {
  term           6 months
  minimum        6 seat at 3.33 CAD, 333 JPY, 1.001 KWD each per 2 months charge shortfall
  minimum        4 seat at 2.00 CAD, 200 JPY, 0.500 KWD each per month charge shortfall prepaid
  leaving early  costs 75.00 CAD, 7_500 JPY, 22.500 KWD charge early_exit
}

price book partner {
  service line monthly {
    active  25.55 CAD, 2_555 JPY, 7.777 KWD
    paused   4.44 CAD,   444 JPY, 0.999 KWD
  }
  service seat quarterly  20.02 CAD, 2_002 JPY, 6.006 KWD
  region asia for countries JP, KW {
    service line quarterly {
      active  80.08 CAD, 8_008 JPY, 24.024 KWD
      paused  14.44 CAD, 1_444 JPY,  2.999 KWD
    }
  }
}

price plan deal {
  reason  "Approved"
  service seat monthly  5.55 CAD, 555 JPY, 1.666 KWD
  service line  12.5% off for 4 periods
  rates  dear
}
"""

PACKAGE = """
package {name} {{
  bills       monthly, quarterly {timing}
  aligned     to {alignment}
  activation  {activation}
  prorated    {proration}
  service     line 0..90 default 1
  service     seat 0..900 default 1
  service     desk optional up to 90
  service     setup optional up to 90
  service     meter optional up to 90
  service     board optional up to 90
  service     pool_fee optional up to 9
  contract    spender, counter
  discount    {discount}
}}
"""

OFFERS = tuple(
    {
        "name": f"offer_{number}",
        "timing": timing,
        "alignment": alignment,
        "activation": activation,
        "proration": proration,
        "discount": discount,
    }
    for number, (timing, alignment, activation, proration, discount) in enumerate(
        (
            ("in advance", "bill day", "sale", "by days", "launch"),
            ("in advance", "anniversary", "first billable status", "by days", "loyal"),
            ("in arrears", "bill day", "first billable status", "by days", "launch, loyal"),
            ("in arrears", "bill day", "sale", SECONDS if IS_HEAVY else "by days", "trial"),
            ("in arrears", "anniversary", "sale", "by fixed 30", "launch"),
            ("in advance", "bill day", "sale", "by 30/360", "trial, loyal"),
            ("in advance", "bill day", "sale", "never", "launch"),
        )
    )
)


@cache
def program() -> Program:
    """Give the program."""
    text = TEXT + USAGE + "".join(PACKAGE.format(**offer) for offer in OFFERS)
    compilation = compile_text(text)
    assert compilation.program is not None, compilation.diagnostics
    return compilation.program
