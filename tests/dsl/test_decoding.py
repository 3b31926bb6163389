"""A file that is no text is a finding with a place, never an exception."""

import pytest

from dsl.parser import decode


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    ("data", "line", "words"),
    [
        (b"zone z\n\xff\xfe", 2, "0xff"),
        (b"a\nb\xc3", 2, "0xc3"),
        (b"zone\0z", 1, "NUL"),
        ("zone".encode("utf-16"), 1, "UTF-16"),
        ("zone".encode("utf-16-be"), 1, "NUL"),
    ],
)
def test_what_is_no_text_is_reported_at_its_place(data: bytes, line: int, words: str) -> None:
    source, (found,) = decode("test.ratebook", data)
    assert found.code == "RB001"
    assert source.position(found.primary.span.start)[0] == line
    assert words in found.message


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    source, diagnostics = decode("test.ratebook", b"\xef\xbb\xbfzone")
    assert (source.text, diagnostics) == ("zone", ())
