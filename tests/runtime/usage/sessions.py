"""A record of the feed of the catalog `connectivity`, as its files have it: texts by column."""

from __future__ import annotations

SESSION = {
    "record_id": "S1",
    "started": "2026-01-05T00:00:00",
    "gateway": "GW-1",
    "bytes_up": "1",
    "bytes_down": "2",
    "kind": "web",
    "country": "CA",
}
