"""The scanner of JSON lines against the decoder: whatever a line holds, both say the same."""

from __future__ import annotations

import json
import random
from unittest.mock import patch

import pyarrow as pa
import pytest

from runtime.usage import json_scan, kernel
from runtime.usage.json_files import Reader

COLUMNS = ("id", "q", "a.b", "a", "x.y.z", "k")
KEYS = ("id", "q", "a.b", "a", "x", "x.y.z", "x.y", "k", "other", "")
VALUES = (
    *("1", "-0", "0.10", "1e5", "1E+5", "-1.5e-3", "12345678901234567890123456789", " 1 "),
    *("01", "1.", ".5", "-", "1 2", "NaN", "Infinity", "nul", "tru", "null", "true", "false"),
    *('"s"', '"é"', '""', '"a\\"b"', '"\\u00e9"', '"\\ud800"', '"tab\there"', '"\x01"', '"\x7f"'),
    *("[]", '[1,{"id":2}]', "[1,]", "[", "{}", '{"b":"in"}', '{"b":1,"b":2}', '{"q":1,}'),
    *('{"y":{"z":7}}', '{"y":{"z":{}}}', '{"a":{"b":3}}'),
)
WHOLE_LINES = (
    *(b"", b"  ", b"\x0b", b"[]", b"1", b'"x"', b"nul", b'{"id":1}{"id":2}', b'{"id":1}\r'),
    *(b'\xff{"id":1}', b'{"id":"\xff"}', b'{"id":1}\x0b', b'\x0c{"id":1}'),
    *(b'{"id":' + b"[" * 40 + b"]" * 40 + b"}", b"{" * 40 + b"}" * 40),
)


def drawn_line(draw: random.Random) -> bytes:
    if draw.random() < 0.1:
        return draw.choice(WHOLE_LINES)
    members = (
        draw.choice(["", " "])
        + json.dumps(draw.choice(KEYS), ensure_ascii=False)
        + draw.choice([":", " : ", ":\t"])
        + draw.choice(VALUES)
        for _ in range(draw.randrange(5))
    )
    return ("{" + ",".join(members) + draw.choice(["}", " }", "} ", "}\r", "}x", ""])).encode()


@pytest.mark.feature("A13")
@pytest.mark.parametrize("seed", range(6))
def test_the_scanner_says_of_each_line_what_the_decoder_says(seed: int) -> None:
    draw = random.Random(seed)
    lines = [drawn_line(draw) for _ in range(3_000)]
    if seed % 2:  # else no piece is text throughout
        lines = [line for line in lines if b"\xff" not in line]
    piece = b"\n".join(lines)
    schema = pa.schema([(column, pa.string()) for column in COLUMNS])
    scanning, decoding = Reader(COLUMNS, schema), Reader(COLUMNS, schema)
    with patch.object(kernel, "COMPILED_FROM", 0):
        scanned = scanning.read(piece)
    with patch.object(kernel, "COMPILED_FROM", 10**9):
        decoded = decoding.read(piece)
    assert scanned.to_pylist() == decoded.to_pylist()
    assert scanning.malformed == decoding.malformed
    assert decoding.malformed


def test_a_plain_line_needs_no_decoder() -> None:
    line = b'{"id": "R1", "q": 0.10, "a": {"b": 1e3, "c": [1, {"d": null}]}, "k": true}\n'
    with patch.object(kernel, "COMPILED_FROM", 0):
        found = json_scan.scan(line * 2, json_scan.fields_of(COLUMNS))
    assert found.status.tolist() == [json_scan.PLAIN, json_scan.PLAIN, json_scan.BLANK]
