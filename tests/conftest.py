"""What every test may use: the `shared` folder, hypothesis profiles, the table of features."""

import gc
import os
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from hypothesis import HealthCheck, is_hypothesis_test, settings

from tests.features import FEATURES
from tests.ledgers import Database, ledgers_on

ROOT = Path(__file__).resolve().parent.parent
FEATURE_PROPERTY = "feature"
LEDGER_SERVER = "--ledger-server"

# Rather some garbage for a while than looking for it at each few hundred objects.
gc.set_threshold(20_000, 20, 20)

# No test finds, or leaves behind, what another run has found; those of the cache say so.
os.environ.setdefault("RATEBOOK_NO_CACHE", "1")

settings.register_profile(
    "ci",
    derandomize=True,
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "heavy",
    max_examples=2_000,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--features",
        action="store_true",
        help="print the rows of the product's inventory and the tests that prove each",
    )
    parser.addoption(
        LEDGER_SERVER,
        metavar="URL|local",
        help="run the tests that have a ledger, and only those, with it in PostgreSQL; "
        "local: start a server for them",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Start a server before there are workers, who are told its URL by the same option."""
    if config.getoption(LEDGER_SERVER) == "local":
        from tests.postgres import NoServer, local_server

        stack = ExitStack()
        try:
            config.option.ledger_server = stack.enter_context(local_server()).url
        except NoServer as fault:
            raise pytest.UsageError(str(fault)) from fault
        config.add_cleanup(stack.close)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    _keep_those_of_the_database(config, items)
    for item in items:
        if is_hypothesis_test(getattr(item, "obj", None)):
            item.add_marker(pytest.mark.property)
        # A test's properties travel with its report, so the table is whole under xdist too.
        for feature_id in _feature_ids(item):
            item.user_properties.append((FEATURE_PROPERTY, feature_id))


def pytest_collection_finish() -> None:
    """Leave what is there by now to no later collection: walking it took a tenth of all time."""
    gc.collect()
    gc.freeze()


def pytest_unconfigure() -> None:
    """Let all go at the end, or the engine's modules say that somebody still holds them."""
    gc.unfreeze()


def pytest_runtest_setup(item: pytest.Item) -> None:
    unknown = [feature_id for feature_id in _feature_ids(item) if feature_id not in FEATURES]
    if unknown:
        pytest.fail(f"no such feature: {', '.join(unknown)} (A1 to E6)", pytrace=False)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    if not config.getoption("--features"):
        return
    tests: dict[str, dict[str, str]] = defaultdict(dict)
    for feature_id, node_id, outcome in _proofs(terminalreporter):
        tests[feature_id][node_id] = outcome
    terminalreporter.section("features")
    for feature_id, title in FEATURES.items():
        proofs = tests[feature_id]
        passed = sum(outcome == "passed" for outcome in proofs.values())
        count = f"{passed}/{len(proofs)} passed" if proofs else "no test"
        terminalreporter.write_line(f"{feature_id:<4} {title:<32} {count}", bold=True)
        for node_id, outcome in sorted(proofs.items()):
            terminalreporter.write_line(f"       {outcome:<8} {node_id}")
    proved = sum(bool(tests[feature_id]) for feature_id in FEATURES)
    terminalreporter.write_line(f"{proved} of {len(FEATURES)} features have a test")


@pytest.fixture(scope="session")
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    """Where this run's ledgers are: in files, or in PostgreSQL by `make test-postgres`."""
    with ledgers_on(request.config.getoption(LEDGER_SERVER)) as database:
        yield database


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of documents, cases and data shared beside the project; skips without it."""
    folder = ROOT.parent / "shared"
    if not folder.is_dir():
        pytest.skip(f"needs the shared cases and data, and there is no folder {folder}")
    return folder


def _keep_those_of_the_database(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take out tests of the other database; with a server, all that would be run again."""
    here = "sqlite" if config.getoption(LEDGER_SERVER) is None else "postgresql"

    def is_kept(item: pytest.Item) -> bool:
        only_on = {name for mark in item.iter_markers("only_on") for name in mark.args}
        is_its = here == "sqlite" or "database" in getattr(item, "fixturenames", ())
        return is_its and (not only_on or here in only_on)

    taken_out = [item for item in items if not is_kept(item)]
    if taken_out:
        config.hook.pytest_deselected(items=taken_out)
        items[:] = [item for item in items if is_kept(item)]


def _feature_ids(item: pytest.Item) -> Iterator[str]:
    for mark in item.iter_markers("feature"):
        yield from mark.args


def _proofs(reporter: pytest.TerminalReporter) -> Iterator[tuple[str, str, str]]:
    """Yield feature id, test id and outcome; the outcome that is not a pass comes last."""
    for outcome in ("passed", "xfailed", "xpassed", "skipped", "error", "failed"):
        for report in reporter.stats.get(outcome, ()):
            for name, value in getattr(report, "user_properties", ()):
                if name == FEATURE_PROPERTY:
                    yield value, report.nodeid, outcome
