"""Ctrl-C in the middle of a document."""

import os
import signal
from collections.abc import Iterator

import pytest

from runtime.interrupts import hold_interrupts
from runtime.invoice.pdf import TemplateFetcher, render_pdf

PAGE = "<html><body style='font-family:Inter'><p>An invoice.</p></body></html>"


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Let SIGINT be heeded, also where the tests run in the background, whose shell ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_waits_for_the_end_of_what_is_under_way() -> None:
    done = []

    @hold_interrupts()
    def work() -> None:
        os.kill(os.getpid(), signal.SIGINT)
        done.append("all")

    with pytest.raises(KeyboardInterrupt):
        work()
    assert done == ["all"]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_fault_inside_goes_before_an_interrupt() -> None:
    with pytest.raises(ValueError, match="a fault"), hold_interrupts():
        raise ValueError("a fault")
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


@pytest.mark.feature("C1", "E1")
def test_no_document_is_made_without_its_fonts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fetch = TemplateFetcher.fetch_url

    def interrupted(self: TemplateFetcher, url: str) -> object:
        os.kill(os.getpid(), signal.SIGINT)
        return fetch(self, url)

    monkeypatch.setattr(TemplateFetcher, "fetch_url", interrupted)
    with pytest.raises(KeyboardInterrupt):
        render_pdf(PAGE)
