"""Values of Bicep expressions. What only a deployment knows (ids, keys, properties of what is made) is a ``Ref``: its path, and any type."""

import hashlib
from collections.abc import Callable, Mapping
from datetime import datetime
from ipaddress import ip_network
from typing import Any

from tree_sitter import Node


class Ref(str):
    """Something that only a deployment knows, such as ``account.properties.primaryEndpoints.blob``."""

    __slots__ = ()

    def member(self, name: str) -> "Ref":
        """A part of it."""
        return Ref(f"{self}.{name}")


class _Pieces:
    """What becomes of a ``Ref`` that is split."""

    def __init__(self, of: Ref) -> None:
        self._of = of

    def __getitem__(self, number: int) -> Ref:
        return self._of.member(str(number))


type Scope = Mapping[str, Any]


def value(node: Node, scope: Scope) -> Any:
    """The value of an expression. Raises ``NotImplementedError`` for what is not known here, ``KeyError`` for an unknown name."""
    return _KINDS[node.type](node, scope) if node.type in _KINDS else _unknown(node)


def parts(node: Node) -> list[Node]:
    """The named children that are no comments."""
    return [child for child in node.named_children if child.type not in ("comment", "diagnostic_comment")]


def text(node: Node) -> str:
    """The source of a node."""
    return (node.text or b"").decode()


def _unknown(node: Node) -> Any:
    raise NotImplementedError(f"{node.type}: {text(node)[:80]}")


def _string(node: Node, scope: Scope) -> Any:
    found: list[str] = []
    for part in node.named_children:
        if part.type == "interpolation":
            inner = value(parts(part)[0], scope)
            found.append(f"<{inner}>" if isinstance(inner, Ref) else _shown(inner))
        elif part.type == "escape_sequence":
            found.append({"\\n": "\n", "\\t": "\t"}.get(text(part), text(part)[1:]))
        else:
            found.append(text(part))
    return "".join(found)


def _shown(inner: object) -> str:
    return str(inner).lower() if isinstance(inner, bool) else str(inner)


def _object(node: Node, scope: Scope) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for property_ in parts(node):
        name, inner = parts(property_)
        key = value(name, scope) if name.type == "string" else text(name)
        if key in found:
            raise ValueError(f"{key} stands twice in an object")
        found[key] = value(inner, scope)
    return found


def _member(node: Node, scope: Scope) -> Any:
    owner, name = parts(node)
    of = value(owner, scope)
    if isinstance(of, Ref):
        return of.member(text(name))
    return of[text(name)]


def _subscript(node: Node, scope: Scope) -> Any:
    owner, index = (value(part, scope) for part in parts(node))
    return owner.member(str(index)) if isinstance(owner, Ref) else owner[index]


def _binary(node: Node, scope: Scope) -> Any:
    left, right = parts(node)
    sign = text(node.children[1])
    if sign == "&&":
        return value(left, scope) and value(right, scope)
    if sign == "||":
        return value(left, scope) or value(right, scope)
    return _SIGNS[sign](value(left, scope), value(right, scope))


def _ternary(node: Node, scope: Scope) -> Any:
    condition, yes, no = parts(node)
    return value(yes if value(condition, scope) else no, scope)


def _lambda(node: Node, scope: Scope) -> Callable[[Any], Any]:
    name, body = parts(node)
    return lambda item: value(body, {**scope, text(name): item})


def _for(node: Node, scope: Scope) -> list[Any]:
    name, over, body = parts(node)
    return [value(body, {**scope, text(name): item}) for item in value(over, scope)]


def _call(node: Node, scope: Scope) -> Any:
    name, arguments = parts(node)
    if name.type != "identifier":
        _unknown(node)
    given = [value(argument, scope) for argument in parts(arguments)]
    return _FUNCTIONS[text(name)](*given)


def _identifier(node: Node, scope: Scope) -> Any:
    return scope[text(node)]


_SIGNS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
    "<": lambda a, b: a < b,
    "+": lambda a, b: a + b,
    "*": lambda a, b: a * b,
}
_KINDS: Mapping[str, Callable[[Node, Scope], Any]] = {
    "string": _string,
    "number": lambda node, _: int(text(node)),
    "boolean": lambda node, _: text(node) == "true",
    "null": lambda _node, _: None,
    "identifier": _identifier,
    "object": _object,
    "array": lambda node, scope: [value(item, scope) for item in parts(node)],
    "member_expression": _member,
    "subscript_expression": _subscript,
    "binary_expression": _binary,
    "unary_expression": lambda node, scope: not value(parts(node)[0], scope),
    "ternary_expression": _ternary,
    "parenthesized_expression": lambda node, scope: value(parts(node)[0], scope),
    "lambda_expression": _lambda,
    "for_statement": _for,
    "call_expression": _call,
}


def _union(first: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    joined = dict(first)
    for other in others:
        for name, inner in other.items():
            both = isinstance(inner, dict) and isinstance(joined.get(name), dict)
            joined[name] = _union(joined[name], inner) if both else inner
    return joined


def _digest(*given: object) -> str:
    return hashlib.sha256(repr(given).encode()).hexdigest()


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "concat": lambda *lists: [item for each in lists for item in each],
    "contains": lambda where, what: what in where,
    "empty": lambda of: of in ("", [], {}, None),
    "cidrSubnet": lambda prefix, size, number: str(list(ip_network(prefix).subnets(new_prefix=size))[number]),
    "dateTimeToEpoch": lambda text: int(datetime.fromisoformat(text).timestamp()),
    "environment": lambda: {"name": "AzureCloud", "suffixes": {"storage": "core.windows.net"}},
    "guid": lambda *given: "-".join((_digest(*given)[:8], "0000", "4000", "8000", _digest(*given)[:12])),
    "items": lambda of: [{"key": name, "value": of[name]} for name in sorted(of)],
    "map": lambda of, do: [do(item) for item in of],
    "resourceGroup": lambda: {"id": Ref("resourceGroup.id"), "location": "westeurope", "name": "gatewatch"},
    "split": lambda of, sign: _Pieces(of) if isinstance(of, Ref) else of.split(sign),
    "string": lambda of: of if isinstance(of, Ref) else _shown(of),
    "subscription": lambda: {"tenantId": "11111111-2222-4333-8444-555555555555", "id": Ref("subscription.id")},
    "subscriptionResourceId": lambda *given: Ref("subscription/" + "/".join(map(str, given))),
    "take": lambda of, number: of[:number],
    "union": _union,
    "uniqueString": lambda *given: _digest(*given)[:13],
}
