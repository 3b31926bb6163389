"""What a check needs not, it does not import: most of a short run would be waiting for it."""

import subprocess
import sys

import pytest

HEAVY = ("pydantic", "networkx", "duckdb", "pyarrow", "numpy", "lark", "babel")


@pytest.mark.feature("E2")
@pytest.mark.parametrize("module", ["compiler.check", "compiler.compile"])
def test_checking_imports_nothing_heavy(module: str) -> None:
    code = f"import {module}, sys; print(*[name for name in {HEAVY} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.split() == []
