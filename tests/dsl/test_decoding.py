"""A file that is no text is a finding with a place, never an exception."""

import pytest

from dsl.parser import decode, decode_source


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


@pytest.mark.feature("E2")
@pytest.mark.parametrize(
    ("text", "place", "sign"),
    [
        ("# sold\r  price  1.00 USD\n", (1, 7), "U+000D"),
        ("zone z\n# sold\u2028  price  1.00 USD\n", (2, 7), "U+2028"),
        ("zone z\n\n# \u202e{ gnihton\n", (3, 3), "U+202E"),
        ('service s "\u2066{\u2069"', (1, 12), "U+2066"),
    ],
)
def test_what_an_editor_would_show_as_another_text_is_refused(
    text: str, place: tuple[int, int], sign: str
) -> None:
    source, (found,) = decode_source("test.ratebook", text.encode())
    assert found.code == "RB001"
    assert source.position(found.primary.span.start) == place
    assert sign in found.message


@pytest.mark.parametrize("text", ["# a\r\n\r\n", '"\u05d0 \u0627 \u200f"\n', "\f\n"])
def test_what_shows_as_it_is_read_is_a_source(text: str) -> None:
    assert decode_source("test.ratebook", text.encode())[1] == ()
