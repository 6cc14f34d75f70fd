"""A Bicep file with its modules, evaluated for one set of parameters: every resource with its body, and the outputs."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import tree_sitter_bicep
from tree_sitter import Language, Node, Parser, Tree

from .values import Ref, Scope, parts, text, value

_LANGUAGE = Language(tree_sitter_bicep.language())


class Resource(NamedTuple):
    """One resource that would be deployed. ``body`` has what is written there, with the name of its parent in ``parent``."""

    file: str
    symbol: str
    type: str  # with its version
    body: dict[str, Any]


class Template(NamedTuple):
    """What a file deploys with these parameters."""

    resources: list[Resource]
    outputs: dict[str, Any]

    def of(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of the resources of a type, whatever its version."""
        return [found.body for found in self.resources if found.type.partition("@")[0] == kind]


def parsed(file: Path) -> Tree:
    """The tree of a file."""
    return Parser(_LANGUAGE).parse(file.read_bytes())


def broken(node: Node) -> list[str]:
    """What the parser could not read, as ``line: text``."""
    found = [f"{node.start_point.row + 1}: {text(node)[:60]}"] if node.is_error or node.is_missing else []
    return found + [each for child in node.children for each in broken(child)]


def declarations(file: Path, kind: str) -> dict[str, Node]:
    """The declarations of a kind (``parameter``, ``variable``, ``resource``, ``module``, ``output``) by their symbol."""
    found: dict[str, Node] = {}
    for node in _flat(parsed(file).root_node):
        if node.type == f"{kind}_declaration":
            found[text(parts(node)[0])] = node
    return found


def evaluate(file: Path, given: Mapping[str, Any]) -> Template:
    """Evaluate a file; raises ``TypeError`` for a parameter that is missing or unknown."""
    scope = _parameters(file, given)
    for name, node in declarations(file, "variable").items():
        scope[name] = _Late(node)
    resources = {name: _headed(node) for name, node in declarations(file, "resource").items()}
    modules = declarations(file, "module")
    return _Evaluation(file, scope, resources, modules).run()


class _Late:
    """A variable that is evaluated when it is asked for: Bicep knows no order."""

    def __init__(self, node: Node) -> None:
        self.node = parts(node)[-1]


class _Names(dict[str, Any]):
    """A scope in which variables are evaluated when they are asked for."""

    def __getitem__(self, name: str) -> Any:
        found = super().__getitem__(name)
        if isinstance(found, _Late):
            found = self[name] = value(found.node, self)
        return found

    def copy(self) -> "_Names":
        return _Names(self)


class _Evaluation:
    def __init__(
        self, file: Path, scope: dict[str, Any], resources: Mapping[str, tuple[str, bool, Node]], modules: Mapping[str, Node]
    ) -> None:
        self._file, self._resources, self._modules = file, resources, modules
        self._scope = _Names(scope)
        self._made: list[Resource] = []
        for name in (*resources, *modules):
            self._scope[name] = Ref(name)

    def run(self) -> Template:
        for symbol, (kind, existing, body) in self._resources.items():
            for one in self._bodies(body):
                if existing or one is None:
                    continue
                self._made.append(Resource(self._file.name, symbol, kind, one))
        for symbol, node in self._modules.items():
            self._module(symbol, node)
        outputs = {name: value(parts(node)[-1], self._scope) for name, node in declarations(self._file, "output").items()}
        return Template(self._made, outputs)

    def _bodies(self, node: Node) -> list[dict[str, Any] | None]:
        if node.type == "if_statement":
            condition, inner = parts(node)
            return self._bodies(inner) if value(condition, self._scope) else [None]
        found = value(node, self._scope)
        return found if isinstance(found, list) else [found]

    def _module(self, symbol: str, node: Node) -> None:
        _, path, body = parts(node)
        for found in self._bodies(body):
            if found is not None:
                inner = evaluate((self._file.parent / value(path, {})).resolve(), found["params"])
                self._made += inner.resources
                self._scope[symbol] = {"outputs": inner.outputs}


def _headed(node: Node) -> tuple[str, bool, Node]:
    """Type, whether it exists already, and the node of its body."""
    _, kind, *_ = parts(node)
    return value(kind, {}), any(text(child) == "existing" for child in node.children), parts(node)[-1]


def _parameters(file: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    declared = declarations(file, "parameter")
    if unknown := given.keys() - declared.keys():
        raise TypeError(f"{file.name} has no parameter {', '.join(sorted(unknown))}")
    scope: Scope = {}
    found: dict[str, Any] = {}
    for name, node in declared.items():
        if name in given:
            found[name] = given[name]
        elif any(text(child) == "=" for child in node.children):
            found[name] = value(parts(node)[-1], {**scope, **found})
        else:
            raise TypeError(f"{file.name} needs the parameter {name}")
    return found


def _flat(node: Node) -> list[Node]:
    """The statements of a file; one with decorators may stand inside another node."""
    return [found for child in node.named_children for found in (child, *(_flat(child) if child.type in ("decorators", "ERROR") else ()))]
