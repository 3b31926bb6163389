"""What is proposed in place of a value is another one."""

import pytest

from runtime.book.faults import BookFault
from runtime.book.proposals import with_proposals
from runtime.book.rule import Rule
from runtime.engine import open_engine
from tests.runtime.programs import connectivity_program


@pytest.mark.feature("B1")
@pytest.mark.parametrize(("value", "hint"), [("CA-NO", "did you mean `CA-ON`?"), ("CA-ON", "")])
def test_a_name_that_there_is_is_not_proposed_in_place_of_itself(value: str, hint: str) -> None:
    rule = Rule(
        code="unknown_jurisdiction",
        entity="accounts",
        sql="",
        names=lambda program: ("CA-ON",),
    )
    fault = BookFault("accounts.csv", 1, "jurisdiction", value, rule.code, "has no rate", "")
    with open_engine() as connection:
        (found,) = with_proposals(connection, [fault], [rule], connectivity_program())
    assert found.hint == hint
