"""A small metered catalog with tests in it, compiled from text and put into a folder."""

from pathlib import Path

from compiler.compile import Compilation, compile_folder
from proving.check import prove
from proving.report import Verdict
from proving.scenario import scenarios_of

METERED = """\
catalog tiny "Tiny" {
  currencies  USD, EUR
  timezone    "America/New_York"
}

service status ordered   = non_billable
service status active    = billable
service status suspended = billable
service status cancelled = canceled

lifecycle line {
  order      new -> ordered
  activate   ordered -> active
  suspend    active -> suspended
  terminate  ordered, active, suspended -> cancelled
}

feed sessions {
  format     csv
  id         record
  at         started
  service    imsi
  quantity   bytes in byte
  attribute  country
}

usage class web measured in data

rate group home {
  web  2.00 USD per GB, 1.80 EUR per GB
}

rate plan standard {
  home
}

base bucket web_data {
  classes  web
  unit     GB
}

bucket included of web_data {
  recurring   monthly
  up to 5 GB  included
  beyond      rated
}

service sim {
  type           recurring
  lifecycle      line
  identified by  imsi
  price monthly {
    active     31.00 USD, 28.00 EUR
    suspended   3.10 USD, 2.80 EUR
  }
  usage monthly {
    rates   standard
    bucket  included
  }
}

service setup {
  type   non_recurring
  price  9.00 USD, 8.00 EUR
}

discount launch = 10% off for 2 periods

package fleet {
  bills       monthly
  activation  sale
  service     sim 1..10 default 1
  service     setup optional
}

"""
ACTIVE = """\
  account acme
  2026-01-01  acme buys fleet monthly as f
  2026-01-01  f.sim order
  2026-01-01  f.sim activate
"""


def compiled(folder: Path, tests: str) -> Compilation:
    """Compile the catalog with these tests in a folder."""
    (folder / "catalog.ratebook").write_text(METERED, encoding="utf-8")
    (folder / "tests.ratebook").write_text(tests, encoding="utf-8")
    compilation = compile_folder(folder)
    assert not compilation.diagnostics, [each.message for each in compilation.diagnostics]
    return compilation


def verdicts(folder: Path, tests: str) -> dict[str, Verdict]:
    """Run these tests and give the verdict of each."""
    compilation = compiled(folder, tests)
    assert compilation.program is not None
    scenarios = scenarios_of(compilation.resolved)
    return {
        each.scenario.name: each for each in prove(compilation.program, scenarios, folder).verdicts
    }
