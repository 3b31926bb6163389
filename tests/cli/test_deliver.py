"""`ratebook deliver` on a catalog's run: the outbox by its status, a folder, a server."""

from pathlib import Path

import pytest

from tests.cli.conftest import Ratebook
from tests.runtime.delivery.mail import Mailbox, serving

ROOT = Path(__file__).resolve().parents[2]
TOKENS = ROOT / "catalogs" / "tokens"


@pytest.mark.feature("D8", "A24")
def test_a_run_is_delivered_and_its_outbox_told(
    ratebook: Ratebook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    billed = ratebook(
        "bill", TOKENS, "--book", TOKENS / "book", "--as-of", "2026-01-01", "--out", out
    )
    assert billed.code == 0, billed.err
    assert f"ratebook deliver --out {out}" in billed.out
    mails = len(list((out / "invoices").glob("*.pdf")))
    status = ratebook("deliver", "--out", out, "--status")
    assert f"waiting  {mails} email" in status.out
    assert "sent     none" in status.out

    waits = ratebook("deliver", "--out", out)
    assert (waits.code, waits.out) == (0, f"0 sent, {mails} waiting, 0 failed\n")
    mailbox = Mailbox(answers=["554 5.7.1 no", "451 4.3.0 later"])
    with serving(mailbox) as server:
        monkeypatch.setenv("RATEBOOK_SMTP", f"127.0.0.1:{server.port}")
        sent = ratebook("deliver", "--out", out, "--security", "none")
        assert sent.code == 1
        assert sent.out.startswith(f"{mails - 2} sent, 1 waiting, 1 failed\n")
        assert "554 5.7.1 no" in sent.out
        again = ratebook("deliver", "--out", out, "--security", "none", "--failed")
    assert (again.code, again.out) == (0, "2 sent, 0 waiting, 0 failed\n")
    assert len(mailbox.messages) == mails
    done = ratebook("deliver", "--out", out, "--status")
    assert f"sent     {mails} email" in done.out
    assert done.out.endswith("failed   none\n")


@pytest.mark.feature("D8")
@pytest.mark.parametrize("more", [(), ("--status",)])
def test_where_nothing_was_billed_nothing_is_made(
    ratebook: Ratebook, tmp_path: Path, more: tuple[str, ...]
) -> None:
    wrong = ratebook("deliver", "--out", tmp_path / "out", *more)
    assert wrong.code == 2
    assert "there is no such ledger; bill first" in wrong.err
    assert not (tmp_path / "out").exists()


@pytest.mark.feature("D8")
@pytest.mark.parametrize("smtp", ["host:", "host:0", "host:x", ":25", "host:99999"])
def test_what_is_no_server_is_a_wrong_command(
    ratebook: Ratebook, tmp_path: Path, smtp: str
) -> None:
    (tmp_path / "ledger.db").touch()
    wrong = ratebook("deliver", "--out", tmp_path, "--smtp", smtp)
    assert wrong.code == 2
    assert "is not HOST or HOST:PORT" in wrong.err
