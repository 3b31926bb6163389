"""Check a folder; where nothing has changed since the last time, say again what was found.

What is only needed to find it anew is imported only then.
"""

from __future__ import annotations

from pathlib import Path

from compiler.load import load_folder
from compiler.results import Checked, keep_result, known_result
from compiler.session import Session
from dsl import cache


def check_folder(folder: Path, *, is_cached: bool = True) -> Checked:
    """Check a catalog's folder; raise CatalogFault where there is none to read.

    Args:
        folder: the catalog's.
        is_cached: what was found is kept, and taken again where all that is read is the same.
    """
    session = Session()
    loaded = load_folder(folder, session)
    is_cached = is_cached and not cache.is_off()
    known = known_result(loaded) if is_cached else None
    if known is not None:
        return known
    from compiler.parsing import begin

    parsing = begin(loaded)  # a second process parses while this one imports the rest
    from compiler.compile import check_loaded

    checked, inputs = check_loaded(loaded, session, parsing)
    if is_cached and inputs is not None:
        keep_result(loaded, inputs, checked)
    return checked
