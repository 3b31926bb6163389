"""A catalog of any size: `python -m benchmarks.catalog FOLDER --declarations 10_000`.

It is made of families, each a price sheet of its own in four files: services and their
lifecycle, packages, usage, rates.  What all families share stands in the catalog's own file,
among it a zone table with very many rows.  An average declaration has five to six lines, as
in `catalogs/connectivity`.
Names and amounts follow from a family's number, so two runs write the same bytes; the
catalog checks clean.
"""

from __future__ import annotations

import argparse
import re
import shutil
from collections.abc import Callable
from pathlib import Path

from dsl.printer import FormattedText, format_source
from dsl.slices import cut
from dsl.source import Source

COUNTRIES = re.findall(
    "..", "AEATAUBEBRCACHCLCOCZDEDKESFIFRGBGRHUIEINITJPKRMXNLNONZPLPTROSESGTRUSZA"
)
FAMILIES_A_FEED = 10
"""So many families share a feed: usage comes from systems, not from price sheets."""

FAMILIES_A_ZONE = 4
"""So many families rate calls to a zone of the table."""


def write_catalog(folder: Path, declarations: int, rows: int) -> int:
    """Write a catalog of at least so many declarations, and a table of so many rows.

    Give how many declarations there are.
    """
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    written = _write(folder / "catalog.ratebook", _shared())
    (folder / "destinations.csv").write_text(_destinations(rows), encoding="utf-8")
    family = 0
    while written < declarations:
        for name, text_of in FILES.items():
            written += _write(folder / f"family_{family:03}" / f"{name}.ratebook", text_of(family))
        family += 1
    return written


def _write(path: Path, text: str) -> int:
    path.parent.mkdir(exist_ok=True)
    source = Source(path.name, text)
    laid_out = format_source(source)
    assert isinstance(laid_out, FormattedText)
    path.write_text(laid_out.text, encoding="utf-8")
    return len(cut(source).slices)


def _shared() -> str:
    return """\
## The price sheet of everything.
catalog everything "Everything" {
  currencies  EUR, USD
  timezone    "Europe/Berlin"
}

service status ordered   = non_billable
service status active    = billable
service status suspended = billable
service status parked    = billable
service status cancelled = canceled

package status pending = non_billable
package status open    = billable
package status closed  = canceled

zone table destinations from "destinations.csv"
"""


def _destinations(rows: int) -> str:
    """Give so many prefixes, each once, of two hundred zones."""
    lines = (f"dest_{row % 200},{1_000_000 + row * 83}" for row in range(rows))
    return "zone,prefix\n" + "\n".join(lines) + "\n"


def _cents(seed: int, most: int = 9_000) -> str:
    cents = 100 + seed * 7_919 % most
    return f"{cents // 100}.{cents % 100:02}"


def _price(seed: int) -> str:
    return f"{_cents(seed)} EUR, {_cents(seed + 1)} USD"


def _services(f: int) -> str:
    parts = [
        f"""\
bill group group_{f} {{
  bill day  {1 + f % 28}
  terms     net {10 + f % 50} days
}}

tax vat_{f} {{
  standard_{f}  DE 19%, FR 20% from 2014-01-01, IT 22%, CA-ON 13%, CA-QC 14.975%
  reduced_{f}   DE 7%, FR 5.5%, IT 10%
  otherwise   0%
}}

service type charges_{f} = recurring
service type fees_{f}    = fee

## What happens to a line of family {f}, from the order to the end.
lifecycle line_{f} {{
  order      new -> ordered
  activate   ordered -> active
  suspend    active, parked -> suspended
  resume     suspended -> active
  park       active -> parked
  terminate  ordered, active, suspended, parked -> cancelled
}}

## Charged by the visit.
service activation_{f} "Activation {f}" {{
  type  fees_{f}
  tax   standard_{f}
}}

service installation_{f} "Installation {f}" {{
  type   non_recurring
  tax    standard_{f}
  price  {_price(f)}
}}
"""
    ]
    for n in range(3):
        parts.append(_access(f, n))
    parts += [_option(f, n) for n in range(5)]
    parts.append(f"""\
count lines_{f}   = service access_{f}_0, access_{f}_1 in active across account tree
count options_{f} = service option_{f}_0, option_{f}_1
count offers_{f}  = package offer_{f}_0 in open across account

discount launch_{f} "Launch of {f}" = 10% off for 6 periods
discount loyal_{f}                  = 2.00 EUR off, 1.80 USD off
discount trial_{f}                  = at 0.00 EUR, 0.00 USD for 1 period

contract year_{f} "One year of {f}" {{
  term           12 months
  renews         12 months
  leaving early  costs 50% of remaining charges charge activation_{f}
}}
""")
    return "\n".join(parts)


def _option(f: int, n: int) -> str:
    seed = f * 100 + n
    prices = (
        f"price monthly  {_price(seed)}\n  price yearly   {_price(seed * 11)}",
        f"price monthly  {_price(seed)}\n  price yearly   derived from monthly less 10%",
        f"price monthly volume by lines_{f} {{\n"
        f"    up to 10  {_price(seed)}\n    beyond    {_price(seed)}\n  }}\n"
        f"  price yearly   {_price(seed * 11)}",
    )
    return f"""\
service option_{f}_{n} "Option {n} of {f}" {{
  type  charges_{f}
  tax   {"standard" if n % 3 else "reduced"}_{f}

  {prices[n % 3]}
}}
"""


def _access(f: int, n: int) -> str:
    seed = f * 50 + n * 3
    usage = f"""
  usage monthly {{
    rates   metered_{f}
    bucket  included_{f}_{n % 3}
  }}
"""
    return f"""\
## Access {n} of family {f}, for those who need it.
service access_{f}_{n} "Access {n} of {f}" {{
  type           charges_{f}
  lifecycle      line_{f}
  tax            standard_{f}
  identified by  gateway, imsi

  price monthly {{
    active     {_price(seed)}
    suspended  {_price(seed + 1)}
    parked     {_price(seed + 2)}
  }}
  price yearly {{
    active     {_price(seed + 3)}
    suspended  {_price(seed + 4)}
    parked     {_price(seed + 5)}
  }}

  on activate charge activation_{f}  {_price(seed + 6)}
{usage}}}
"""


def _packages(f: int) -> str:
    return "\n".join(
        f"""\
## Offer {n} of family {f}.
package offer_{f}_{n} "Offer {n} of {f}" {{
  category    family_{f}
  bills       monthly, yearly in advance
  activation  first billable status
  sold        from 20{20 + n}-01-01
  service     access_{f}_{n} 1..{10 * n + 10} default 1
  service     access_{f}_{(n + 1) % 3}
  service     option_{f}_{n} optional up to 8
  service     option_{f}_{n + 1} optional
  service     installation_{f}
}}
"""
        for n in range(3)
    )


def _usage(f: int) -> str:
    parts = []
    if f % FAMILIES_A_FEED == 0:
        parts.append(f"""\
## One record per session that a gateway of system {f} closed.
feed sessions_{f} {{
  format     csv, parquet
  id         record_id, part
  at         started as "%Y-%m-%dT%H:%M:%S" in "UTC"
  service    gateway
  quantity   bytes_up + bytes_down in byte
  attribute  kind
  attribute  family
  attribute  country = visited_country
  skip when  kind == "probe"
}}

feed calls_{f} {{
  format     csv
  id         record_id
  at         started
  service    imsi
  quantity   seconds in s
  attribute  kind
  attribute  family
  attribute  country
  attribute  destination
  skip when  kind == "test" and not seconds > 0
}}
""")
    parts.append(f"usage class type internet_{f}\n")
    parts += [
        f'usage class data_{f}_{n} measured in data when kind == "d{n}" and family == "{f}" '
        f"type internet_{f}"
        for n in range(6)
    ]
    parts += [
        f'usage class voice_{f}_{n} measured in time when kind == "v{n}" and family == "{f}"'
        for n in range(6)
    ]
    parts += ["", *(f"zone zone_{f}_{n} = countries {_countries(f, n)}" for n in range(6))]
    parts += [f"zone premium_{f}_{n} = prefixes 1{f:03}{n}, 2{f:03}{n}" for n in range(2)]
    parts += ["", f"unit block_of_{f} = {f + 2} minute", f"unit pack_{f} = {f + 2} GB", ""]
    for n in range(3):
        parts.append(f"""\
base bucket base_{f}_{n} {{
  classes  data_{f}_{n}
  where    country in zone_{f}_{n} and kind != "roaming"
  unit     GB
}}

bucket included_{f}_{n} of base_{f}_{n} {{
  recurring    monthly
  up to {5 + n} GB   included
  up to {10 + n} GB  {_cents(f)} EUR flat, {_cents(f + 1)} USD flat
  beyond       rated
}}
""")
    return "\n".join(parts)


def _countries(f: int, n: int) -> str:
    """Give five countries for each of a family's zones, no country in two of them."""
    first = f + n * 5
    return ", ".join(COUNTRIES[(first + each) % len(COUNTRIES)] for each in range(5))


def _rates(f: int) -> str:
    rows = [
        f"  {name}_{f}_{n} {where} {_cents(f + n, 900)} EUR per {unit}, "
        f"{_cents(f + n + 1, 900)} USD per {unit}"
        for name, unit in (("data", "GB"), ("voice", "minute"))
        for n in range(3)
        for where in (f"to zone_{f}_{n}", f"to zone_{f}_{n + 3}", "")
    ]
    rows += [
        f"  voice_{f}_{4 + n} to premium_{f}_{n}  {_cents(f, 900)} EUR per block_of_{f}, "
        f"{_cents(f, 900)} USD per block_of_{f}"
        for n in range(2)
    ]
    if f % FAMILIES_A_ZONE == 0:
        zone = f"dest_{f // FAMILIES_A_ZONE}"
        rows.append(f"  voice_{f}_5 to {zone}  0.10 EUR per minute, 0.12 USD per minute")
    rows.append(
        f"  data_{f}_4 to zone_{f}_0  graduated {{ up to 10 GB  {_cents(f)} EUR per pack_{f}, "
        f"{_cents(f)} USD per pack_{f}; beyond  0.50 EUR per GB, 0.60 USD per GB }}"
    )
    home = "\n".join(row for row in rows if " to " in row)
    return f"""\
rate group home_{f} when kind == "home" {{
{home}
}}

rate group zones_{f} {{
{home}
}}

rate group world_{f} {{
{chr(10).join(row for row in rows if " to " not in row)}
}}

rate plan metered_{f} {{
  home_{f}
  zones_{f}
  world_{f}
  otherwise reject
}}
"""


FILES: dict[str, Callable[[int], str]] = {
    "services": _services,
    "packages": _packages,
    "usage": _usage,
    "rates": _rates,
}
"""A family's files, and the text of each."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--declarations", type=int, default=10_000)
    parser.add_argument("--rows", type=int, default=100_000)
    given = parser.parse_args()
    written = write_catalog(given.folder, given.declarations, given.rows)
    print(f"{written:,} declarations, {given.rows:,} rows")


if __name__ == "__main__":
    main()
