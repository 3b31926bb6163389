"""A book of any number of accounts of the mobile catalog, with three services each.

Sold over January 2026, in three currencies and six jurisdictions.  Lines come one to four at
a time, one in twenty was suspended for some days of January, one in ten packages has a
discount, and one account in thirty is billed on the second of the month.
"""

from __future__ import annotations

from pathlib import Path

from runtime.engine import open_engine

FIRST_RUN, DAY_AFTER = "2026-02-01", "2026-02-02"
CHANGED_THE_DAY_AFTER = 1_000
"""One line in so many is suspended on the day after the first run."""

_NAMES = """
CREATE VIEW sold AS
SELECT i, lpad(i::VARCHAR, 8, '0') AS n, DATE '2026-01-01' + (hash(i, 1) % 31)::INTEGER AS day,
       ['CAD', 'CAD', 'EUR', 'EUR', 'USD'][1 + (i % 5)] AS currency,
       ['CA-ON', 'CA-QC', 'DE', 'FR', 'US-NY'][1 + (i % 5)] AS jurisdiction,
       1 + (hash(i, 2) % 8 // 5 + hash(i, 3) % 16 // 14 * 2)::INTEGER AS quantity
FROM range(1, {accounts} + 1) AS r(i)
"""

_FILES = {
    "accounts": """
        SELECT 'skylark' AS account, NULL AS parent, 'Skylark Mobile' AS name, 'owner' AS type,
               'CAD' AS currency, NULL AS bill_group, NULL AS bill_day, NULL AS jurisdiction,
               'en_CA' AS locale
        UNION ALL
        SELECT 'A' || n, 'skylark', 'Customer ' || n, 'customer', currency, 'homes',
               CASE WHEN i % 30 = 0 THEN 2 END, jurisdiction, 'en_CA'
        FROM sold
    """,
    "contacts": """
        SELECT 'skylark' AS account, 'billing' AS kind, 'Accounts Receivable' AS name,
               'desk@skylark.example' AS email, '1 Harbour Square' AS street, 'Toronto' AS city,
               'ON' AS region, 'M5J 1A6' AS postal_code, 'CA' AS country
        UNION ALL
        SELECT 'A' || n, 'billing', 'Customer ' || n, 'c' || n || '@mail.example',
               (1 + i % 900) || ' Front Street', 'Toronto', 'ON', 'M5V 2T6', jurisdiction[:2]
        FROM sold
    """,
    "account_packages": """
        SELECT 'P' || n AS account_package, 'A' || n AS account, 'household' AS package,
               'monthly' AS frequency, day AS effective
        FROM sold
    """,
    "account_services": """
        SELECT 'S' || n || '-' || k AS account_service, 'P' || n AS account_package,
               ['line', 'data_pack', 'insurance'][k] AS service,
               CASE WHEN k = 1 AND quantity > 1 THEN quantity END AS quantity
        FROM sold CROSS JOIN range(1, 4) AS s(k)
    """,
    "status_changes": """
        SELECT 'S' || n || '-' || k AS account_service, NULL AS account_package, 'active' AS status,
               day AS effective
        FROM sold CROSS JOIN range(1, 3) AS s(k)
        UNION ALL
        SELECT 'S' || n || '-1', NULL, status, day + 2 + later
        FROM sold CROSS JOIN (VALUES ('suspended', 0), ('active', 3)) AS c(status, later)
        WHERE i % 20 = 0 AND day + 5 <= DATE '2026-01-31'
        UNION ALL
        SELECT 'S' || n || '-1', NULL, 'suspended', DATE '{day_after}'
        FROM sold WHERE '{as_of}' >= '{day_after}' AND i % {changed} = 7
    """,
    "overrides": """
        SELECT NULL AS account_service, 'P' || n AS account_package, NULL AS price,
               NULL AS status, 'welcome' AS discount, DATE '2026-01-01' AS effective,
               'Came by the app' AS reason
        FROM sold WHERE i % 10 = 3
    """,
}


def write_subscribers(folder: Path, accounts: int, form: str, as_of: str = FIRST_RUN) -> None:
    """Write the book as it is known on a day, as `csv` or `parquet`, if it is not there."""
    if folder.exists():
        return
    partial = folder.with_name(f"{folder.name}.partial")
    partial.mkdir(parents=True, exist_ok=True)
    how = "FORMAT csv, HEADER true" if form == "csv" else "FORMAT parquet"
    names = {"day_after": DAY_AFTER, "as_of": as_of, "changed": CHANGED_THE_DAY_AFTER}
    with open_engine() as connection:
        connection.execute(_NAMES.format(accounts=accounts))
        for name, query in _FILES.items():
            path = partial / f"{name}.{form}"
            connection.execute(f"COPY ({query.format(**names)}) TO '{path}' ({how})")
    partial.rename(folder)
