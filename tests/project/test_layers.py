"""The house rules that a machine can hold: layers, exceptions, module length, no binary floats."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Each layer and what of ours it may import besides itself. Imports run one way.
LAYERS = {
    "dsl": frozenset[str](),
    "runtime": frozenset[str](),
    "compiler": frozenset({"dsl", "runtime"}),
    "proving": frozenset({"dsl", "compiler", "runtime"}),
    "cli": frozenset({"dsl", "compiler", "runtime", "proving"}),
}
OUTSIDE = frozenset({"tests", "benchmarks", "docs", "catalogs"})

# The one place that may catch everything: a fault of ours becomes a message and an exit code.
OUTERMOST_FRAME = Path("cli/main.py")
BROAD = frozenset({"Exception", "BaseException"})

LONGEST_MODULE = 400
LONG_BECAUSE = "Long because"

# Money and quantities live here; a float that is neither says so on its own line.
EXACT_LAYERS = ("dsl", "compiler", "runtime", "proving")
FLOAT_BECAUSE = "# float:"


@pytest.mark.parametrize("layer", LAYERS)
def test_imports_run_one_way(layer: str) -> None:
    allowed = LAYERS[layer] | {layer}
    ours = LAYERS.keys() | OUTSIDE
    wrong = [
        f"{place}: {layer} imports {name}"
        for path in _modules(layer)
        for place, name in _imports(path)
        if name.partition(".")[0] in ours - allowed
    ]
    assert not wrong, _listed(wrong)


def test_only_the_outermost_frame_catches_everything() -> None:
    wrong = [
        f"{_place(path, node)}: catches everything; name the exception"
        for path in _modules(*LAYERS)
        if path.relative_to(ROOT) != OUTERMOST_FRAME
        for node in ast.walk(_tree(path))
        if isinstance(node, ast.ExceptHandler) and _is_broad(node.type)
    ]
    assert not wrong, _listed(wrong)


def test_a_long_module_says_why() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:1: {length} lines; split it by what it decides, "
        f'or say "{LONG_BECAUSE} ..." in its docstring'
        for path in _modules(*LAYERS)
        if (length := len(path.read_text("utf-8").splitlines())) > LONGEST_MODULE
        and LONG_BECAUSE not in (ast.get_docstring(_tree(path)) or "")
    ]
    assert not wrong, _listed(wrong)


def test_no_binary_float_near_money() -> None:
    wrong = [
        f"{_place(path, node)}: binary float; use int, Decimal or Fraction, "
        f"or say `{FLOAT_BECAUSE} <why>` on the line"
        for path in _modules(*EXACT_LAYERS)
        for lines in [path.read_text("utf-8").splitlines()]
        for node in ast.walk(_tree(path))
        if _is_float(node) and FLOAT_BECAUSE not in lines[_line(node) - 1]
    ]
    assert not wrong, _listed(wrong)


def _modules(*layers: str) -> Iterator[Path]:
    for layer in layers:
        yield from sorted((ROOT / layer).rglob("*.py"))


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def _imports(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield _place(path, node), alias.name
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield _place(path, node), node.module


def _is_broad(caught: ast.expr | None) -> bool:
    if caught is None:
        return True
    names = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    return any(isinstance(name, ast.Name) and name.id in BROAD for name in names)


def _is_float(node: ast.AST) -> bool:
    if isinstance(node, ast.Constant):
        return isinstance(node.value, float)
    if isinstance(node, ast.Attribute):
        return node.attr in {"float16", "float32", "float64"}
    return isinstance(node, ast.Name) and node.id == "float"


def _line(node: ast.AST) -> int:
    line: int = getattr(node, "lineno", 1)
    return line


def _place(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{_line(node)}"


def _listed(wrong: list[str]) -> str:
    return "\n".join(["", *wrong])
