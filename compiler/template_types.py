"""What the expressions of a template are, by the types of the model, and what is wrong of them.

A template's tree is walked as it would be drawn, with the type of each name at hand.  What
cannot be known, such as an argument of a macro, is anything; nothing is reported of it but
names that are forbidden everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from jinja2 import nodes

from compiler.template_schema import (
    ACCEPTED,
    ELEMENT,
    NO_NAMES,
    PLAIN,
    Anything,
    Called,
    Loop,
    Rows,
    Type,
    fields_of,
    in_words,
    is_record,
)
from runtime.invoice.page import Page

Problem = Literal["field", "name", "filter", "forbidden"]


@dataclass(frozen=True, slots=True)
class Found:
    """Something wrong in a template.

    Attributes:
        line: from 1.
        word: the text in that line that is wrong.
        message: what is wrong.
        near: what could have been meant, of `candidates`.
    """

    problem: Problem
    line: int
    word: str
    message: str
    candidates: tuple[str, ...] = ()


Naming = nodes.Include | nodes.Extends | nodes.Import | nodes.FromImport
"""What names another template."""

Report = Callable[[Found], None]


class Walker:
    """Walks a template's tree; reports what is wrong, once a place."""

    def __init__(self, report: Report, scope: Mapping[str, Type], follow: Follow) -> None:
        """Begin with the names of `scope`; `follow` walks what is included, extended, imported."""
        self.report = report
        self.scope: dict[str, Type] = dict(scope)
        self.follow = follow

    def walk(self, body: Sequence[nodes.Node]) -> None:
        """Walk statements in order."""
        for node in body:
            self._statement(node)

    def inner(self, names: Mapping[str, Type] = NO_NAMES) -> Walker:
        """Give a walker of an inner scope."""
        return Walker(self.report, self.scope | dict(names), self.follow)

    def _statement(self, node: nodes.Node) -> None:
        walk = _STATEMENTS.get(type(node))
        if walk is not None:
            walk(self, node)
            return
        for child in node.iter_child_nodes():
            self._statement(child)

    def _output(self, node: nodes.Output) -> None:
        for child in node.nodes:
            if not isinstance(child, nodes.TemplateData):
                self.type_of(child)

    def _set(self, node: nodes.Assign) -> None:
        self._assign(node.target, self.type_of(node.node))

    def _set_block(self, node: nodes.AssignBlock) -> None:
        self.inner().walk(node.body)
        self._assign(node.target, str)

    def _named(self, node: Naming) -> None:
        """Follow the name of another template; what is imported from it can be called."""
        self.follow(self, node)
        if isinstance(node, nodes.Import):
            self.scope[node.target] = Called
        elif isinstance(node, nodes.FromImport):
            for name in node.names:
                self.scope[name if isinstance(name, str) else name[1]] = Called

    def _block(self, node: nodes.Block | nodes.Scope) -> None:
        self.inner({"super": Called, "self": Called}).walk(node.body)

    def _within(self, node: nodes.With) -> None:
        self.inner(dict(self._with(node))).walk(node.body)

    def _filter_block(self, node: nodes.FilterBlock) -> None:
        self.inner().walk(node.body)
        self._filter(node.filter)

    def _with(self, node: nodes.With) -> Iterator[tuple[str, Type]]:
        for target, value in zip(node.targets, node.values, strict=True):
            kind = self.type_of(value)
            if isinstance(target, nodes.Name):
                yield target.name, kind

    def _assign(self, target: nodes.Node, kind: Type) -> None:
        if isinstance(target, nodes.Name):
            self.scope[target.name] = kind
        elif isinstance(target, nodes.Tuple):
            for each in target.items:
                self._assign(each, Anything)

    def _loop(self, node: nodes.For) -> None:
        rows = self.type_of(node.iter)
        if rows is not Anything and not isinstance(rows, Rows):
            self._report(
                "field", node.iter, f"a loop goes over a list, and this is {in_words(rows)}"
            )
        inside = self.inner({"loop": Loop})
        inside._assign(node.target, rows.of if isinstance(rows, Rows) else Anything)
        if node.test is not None:
            inside.type_of(node.test)
        inside.walk(node.body)
        self.inner().walk(node.else_)

    def _test(self, node: nodes.If) -> None:
        """Walk the branches; what one of them sets is known after it."""
        self.type_of(node.test)
        self.walk(node.body)
        for other in node.elif_:
            self._statement(other)
        self.walk(node.else_)

    def _macro(self, node: nodes.Macro | nodes.CallBlock) -> None:
        names: dict[str, Type] = {each.name: Anything for each in node.args}
        if isinstance(node, nodes.Macro):
            self.scope[node.name] = Called
        else:
            self.type_of(node.call)
        names |= {"caller": Called, "varargs": Anything, "kwargs": Anything}
        inside = self.inner(names)
        inside.walk(node.body)

    def type_of(self, node: nodes.Node) -> Type:
        """Give what an expression is; report what is wrong inside of it."""
        find = _EXPRESSIONS.get(type(node))
        if find is not None:
            return find(self, node)
        if isinstance(node, nodes.BinExpr) and type(node) in _COMPUTING:
            self._report("forbidden", node, "a template does not compute", word=node.operator)
            return Anything
        if not (isinstance(node, nodes.Test) and node.name in ("defined", "undefined")):
            self._children(node)
        return _RESULTS.get(type(node), Anything)

    def _const(self, node: nodes.Const) -> Type:
        return type(node.value) if type(node.value) in PLAIN else Anything

    def _choice(self, node: nodes.CondExpr) -> Type:
        self.type_of(node.test)
        kinds = {self.type_of(each) for each in (node.expr1, node.expr2) if each is not None}
        return kinds.pop() if len(kinds) == 1 else Anything

    def _fielded(self, node: nodes.Getattr) -> Type:
        return self._field(node, node.node, node.attr)

    def _children(self, node: nodes.Node) -> None:
        for child in node.iter_child_nodes():
            self.type_of(child)

    def _name(self, node: nodes.Name) -> Type:
        if node.name in self.scope:
            return self.scope[node.name]
        if node.name.startswith("__"):
            self._report("forbidden", node, f"`{node.name}` is not a template's to use")
        else:
            known = tuple(name for name, kind in self.scope.items() if kind is not Called)
            self._report("name", node, f"nothing is called `{node.name}` here", near=known)
        return Anything

    def _field(self, node: nodes.Node, of: nodes.Expr, name: str) -> Type:
        kind = self.type_of(of)
        if name.startswith("_"):
            self._report("forbidden", node, f"`{name}` is not a template's to read", word=name)
            return Anything
        if kind is Anything or kind is Called:
            return kind
        if is_record(kind) or kind is Loop:
            assert isinstance(kind, type)
            known = fields_of(kind)
            if name not in known:
                words = f"there is no field `{name}` in {in_words(kind)}"
                self._report("field", node, words, word=name, near=tuple(known))
            return known.get(name, Anything)
        words = f"{in_words(kind)} has no fields and no methods, so no `{name}`"
        self._report("field", node, words, word=name)
        return Anything

    def _item(self, node: nodes.Getitem) -> Type:
        kind = self.type_of(node.node)
        if isinstance(node.arg, nodes.Const) and isinstance(node.arg.value, str):
            if not isinstance(kind, Rows):
                return self._field(node, node.node, node.arg.value)
            return kind.of
        if isinstance(node.arg, nodes.Slice):
            self._children(node.arg)
            return kind
        self.type_of(node.arg)
        return kind.of if isinstance(kind, Rows) else str if kind is str else Anything

    def _filter(self, node: nodes.Filter) -> Type:
        given = Anything if node.node is None else self.type_of(node.node)
        for each in (*node.args, *(pair.value for pair in node.kwargs)):
            self.type_of(each)
        if node.name in ELEMENT:
            return given.of if isinstance(given, Rows) else Anything
        if node.name == "default":
            return Anything
        accepted = ACCEPTED.get(node.name)
        if accepted is not None and given is not Anything and given not in accepted:
            wanted = " or ".join(in_words(each) for each in accepted)
            words = f"`{node.name}` prints {wanted}, and this is {in_words(given)}"
            self._report("filter", node, words, word=node.name)
        return int if node.name == "length" else str

    def _call(self, node: nodes.Call) -> Type:
        for each in (*node.args, *(pair.value for pair in node.kwargs)):
            self.type_of(each)
        called = node.node
        if isinstance(called, nodes.Name) and called.name in self.scope:
            if self.scope[called.name] in (Called, Loop, Anything):
                return str
        elif isinstance(called, nodes.Getattr):
            of = self.type_of(called.node)
            if of is Called or (of is Anything and not called.attr.startswith("_")):
                return str
        word = called.attr if isinstance(called, nodes.Getattr) else getattr(called, "name", "(")
        words = f"a template calls its own macros and blocks only, not `{word}`"
        self._report("forbidden", node, words, word=word)
        return Anything

    def _report(
        self,
        problem: Problem,
        node: nodes.Node,
        message: str,
        *,
        word: str | None = None,
        near: tuple[str, ...] = (),
    ) -> None:
        found = word if word is not None else getattr(node, "name", "")
        self.report(Found(problem, node.lineno, found, message, near))


Follow = Callable[[Walker, Naming], None]

PAGE: Final[Mapping[str, Type]] = {"page": Page}
"""The one name that a template is given."""

_COMPUTING = {nodes.Add, nodes.Sub, nodes.Mul, nodes.Div, nodes.FloorDiv, nodes.Mod, nodes.Pow}

_RESULTS: Final[Mapping[type, Type]] = {
    nodes.TemplateData: str,
    nodes.Concat: str,
    nodes.Test: bool,
    nodes.Compare: bool,
    nodes.Not: bool,
}

# Each takes the node it stands beside.
_STATEMENTS: Final[Mapping[type, Callable[[Walker, Any], None]]] = {
    nodes.Output: Walker._output,
    nodes.Assign: Walker._set,
    nodes.AssignBlock: Walker._set_block,
    nodes.For: Walker._loop,
    nodes.If: Walker._test,
    nodes.Macro: Walker._macro,
    nodes.CallBlock: Walker._macro,
    nodes.Include: Walker._named,
    nodes.Extends: Walker._named,
    nodes.Import: Walker._named,
    nodes.FromImport: Walker._named,
    nodes.Block: Walker._block,
    nodes.Scope: Walker._block,
    nodes.ScopedEvalContextModifier: Walker._block,
    nodes.With: Walker._within,
    nodes.FilterBlock: Walker._filter_block,
}

_EXPRESSIONS: Final[Mapping[type, Callable[[Walker, Any], Type]]] = {
    nodes.Name: Walker._name,
    nodes.Getattr: Walker._fielded,
    nodes.Getitem: Walker._item,
    nodes.Filter: Walker._filter,
    nodes.Call: Walker._call,
    nodes.Const: Walker._const,
    nodes.CondExpr: Walker._choice,
}
