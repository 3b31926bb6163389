"""Each stage of the front end can be printed, whatever the file holds."""

import pytest

from dsl.dump import dump_source, dump_syntax, dump_tokens
from dsl.parser import parse_source
from dsl.source import Source
from tests.dsl.catalogs import SOURCES

TEXT = "## doc\nservice type a = fee # one\nsevice b {\n}\n"


def test_the_source_is_printed_as_its_slices() -> None:
    assert (
        dump_source(Source("x.ratebook", TEXT))
        == """\
source x.ratebook
  service type 2:1-21
    | service type a = fee
  ? 3:1-4:2
    | sevice b {
    | }
"""
    )


def test_tokens_and_comments_are_printed_in_order_up_to_a_mistake() -> None:
    assert (
        dump_tokens(Source("x.ratebook", TEXT))
        == """\
tokens x.ratebook
  1:1-7         COMMENT        ## doc
  2:1-8         SERVICE        service
  2:9-13        TYPE           type
  2:14-15       NAME           a
  2:16-17       EQUAL          =
  2:18-21       NAME           fee
  2:22-27       COMMENT        # one
"""
    )


def test_syntax_is_printed_as_a_tree() -> None:
    file, _ = parse_source(Source("x.ratebook", TEXT))
    assert (
        dump_syntax(file)
        == """\
syntax x.ratebook
  ServiceTypeDeclaration 2:1-21
    doc 'doc'
    name Name 2:14-15 'a'
    base Name 2:18-21 'fee'
  Broken 3:1-4:2
    kind 'service'
    name Name 3:8-9 'b'
"""
    )


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.path)
def test_our_catalogs_are_printed_the_same_twice(source: Source) -> None:
    file, _ = parse_source(source)
    assert dump_syntax(file) == dump_syntax(parse_source(source)[0])
    assert dump_tokens(source).count("\n") > dump_source(source).count("declaration")
