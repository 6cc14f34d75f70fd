"""What in a module names a provider: findings over a syntax tree, for the test of the generic rooms."""

import ast
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

PREFIXES = frozenset({"startswith", "removeprefix"})
"""Methods that compare the beginning of a text."""
ASKING = PREFIXES | {"endswith", "removesuffix", "get", "pop", "index", "count"}
"""Methods that compare their argument with a text, or look it up."""
OF_ANY_DETAIL = frozenset({"kind"})
"""What a generic room may ask the detail of an event."""


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The words of the providers."""

    names: frozenset[str]  # of the providers, of their folders and of their group of pairs
    kinds: frozenset[str]  # the tags of the details
    rules: frozenset[str]  # ids
    subjects: frozenset[str] = frozenset()  # values that ``Event.subject`` has
    enums: frozenset[str] = frozenset({"Kind", "Family", "Subject"})  # classes whose members name something of a vendor
    neutral: frozenset[str] = frozenset({"OTHER"})  # members of those that belong to no vendor
    details: frozenset[str] = frozenset()  # classes of the details
    parts: frozenset[str] = frozenset({"aws", "entra", "risk", "process"})  # attributes that hold what one vendor says of an event


class Finding(NamedTuple):
    """One place. ``unit`` is the function, class or table that holds it."""

    unit: str
    line: int
    what: str


def findings(tree: ast.Module, words: Vocabulary) -> list[Finding]:
    """Every place in a module that names a kind, a family, a provider's attribute, class or rule, or asks for a provider's name as text."""
    return [Finding(unit, line, what) for unit, node in _units(tree) for line, what in sorted(set(_in(node, words)))]


def _units(tree: ast.Module) -> Iterator[tuple[str, ast.stmt]]:
    """The functions and tables of a module: methods by class, nested functions with the function that holds them."""
    for node in tree.body:
        if isinstance(node, ast.ClassDef):
            yield from ((f"{node.name}.{_name(inner)}", inner) for inner in node.body)
        else:
            yield _name(node), node


def _name(node: ast.stmt) -> str:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return node.name
    if isinstance(node, ast.Assign):
        return ast.unparse(node.targets[0])
    if isinstance(node, ast.AnnAssign | ast.TypeAlias):
        return ast.unparse(node.target if isinstance(node, ast.AnnAssign) else node.name)
    return "import" if isinstance(node, ast.Import | ast.ImportFrom) else "module"


def _in(unit: ast.stmt, words: Vocabulary) -> Iterator[tuple[int, str]]:
    called = {id(node.func) for node in ast.walk(unit) if isinstance(node, ast.Call)}
    silent = set(_docstrings(unit))
    for node in ast.walk(unit):
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from _imported(node, words)
        elif isinstance(node, ast.Attribute):
            yield from _attribute(node, words, called=id(node) in called)
        elif isinstance(node, ast.Name) and node.id in words.details:
            yield node.lineno, f"class {node.id}"
        elif isinstance(node, ast.Constant) and id(node) not in silent:
            yield from _said(node, words)
        for text, only_the_beginning in _asked(node):
            yield from _compared(text, words, prefix=only_the_beginning)


def _attribute(node: ast.Attribute, words: Vocabulary, *, called: bool) -> Iterator[tuple[int, str]]:
    """``event.aws``, ``Kind.AWS`` and ``event.detail.arn``; a function called ``process`` or ``risk`` is no part of an event."""
    holder = node.value.attr if isinstance(node.value, ast.Attribute) else node.value.id if isinstance(node.value, ast.Name) else ""
    if node.attr in words.parts and not called:
        yield node.lineno, f"attribute .{node.attr}"
    elif holder in words.enums and node.attr not in words.neutral:
        yield node.lineno, f"member {holder}.{node.attr}"
    elif holder == "detail" and node.attr not in OF_ANY_DETAIL:
        yield node.lineno, f"attribute .detail.{node.attr}"


def _docstrings(unit: ast.stmt) -> Iterator[int]:
    for node in ast.walk(unit):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield id(node.value)


def _imported(node: ast.Import | ast.ImportFrom, words: Vocabulary) -> Iterator[tuple[int, str]]:
    prefix = f"{node.module or ''}." if isinstance(node, ast.ImportFrom) else ""
    for name in node.names:
        path = f"{prefix}{name.name}".lstrip(".").split(".")
        if any(here == "providers" and there in words.names for here, there in itertools.pairwise(path)):
            yield node.lineno, f"import {'.'.join(path)}"


def _said(node: ast.Constant, words: Vocabulary) -> Iterator[tuple[int, str]]:
    """A kind anywhere in a text, and the id of a rule, are names whatever is done with them."""
    if not isinstance(node.value, str):
        return
    if node.value in words.rules:
        yield node.lineno, f"rule {node.value}"
    for kind in words.kinds:
        if re.search(rf"(?<![\w.]){re.escape(kind)}(?![\w.])", node.value):
            yield node.lineno, f"kind {kind}"


def _asked(node: ast.AST) -> list[tuple[ast.Constant, bool]]:
    """The texts that this node compares, looks up or holds in a table, and whether only the beginning of a text is compared with them."""
    match node:
        case ast.Compare(left=left, comparators=others):
            return _texts([left, *others])
        case ast.Dict(keys=keys):
            return _texts([key for key in keys if key is not None])
        case ast.Set(elts=items) | ast.Tuple(elts=items) | ast.List(elts=items):
            return _texts(items)
        case ast.Subscript(slice=key):
            return _texts([key])
        case ast.MatchValue(value=value):
            return _texts([value])
        case ast.Call(func=ast.Attribute(attr=method), args=[first, *_]) if method in ASKING:
            return _texts(first.elts if isinstance(first, ast.Tuple) else [first], prefix=method in PREFIXES)
        case ast.Call(func=ast.Name(id="getattr"), args=[_, name, *_]):
            return _texts([name])
    return []


def _texts(nodes: Iterable[ast.expr], *, prefix: bool = False) -> list[tuple[ast.Constant, bool]]:
    return [(node, prefix) for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)]


def _compared(node: ast.Constant, words: Vocabulary, *, prefix: bool) -> Iterator[tuple[int, str]]:
    text = str(node.value)
    name, separator, rest = re.fullmatch(r"([^_.:|-]*)([_.:|-]?)(.*)", text, re.DOTALL).groups()
    if text in words.names:
        yield node.lineno, f"provider {text!r} as text"
    elif text in words.subjects:
        yield node.lineno, f"subject {text!r} as text"
    elif name in words.names and separator and (prefix or not rest):
        yield node.lineno, f"prefix {text!r}"
