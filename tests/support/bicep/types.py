"""Resource bodies against the types that Azure publishes (Azure/bicep-types-az): names, what is required or read-only, values, lengths.

What only a deployment knows fits any type. A service may still refuse at run time what the types allow.
"""

import json
import re
from pathlib import Path
from typing import Any

from .template import Resource
from .values import Ref

REQUIRED, READ_ONLY = 1, 2
_LEFT_OUT = {"description"}
"""The copy of the types has no descriptions, and so lost the properties of that name as well."""
_DOCUMENTED = {
    "NonInteractiveUserSignInLogs", "ServicePrincipalSignInLogs", "ManagedIdentitySignInLogs", "UserRiskEvents", "ServicePrincipalRiskEvents",
}  # fmt: skip
"""Words that the service takes and its types of 2017 do not name (Microsoft Learn, "Microsoft Entra activity log integration options")."""
_BICEP_S_OWN = {"parent", "scope", "dependsOn"}


class Types:
    """The published types of one file."""

    def __init__(self, file: Path) -> None:
        self._types: dict[str, list[dict[str, Any]]] = json.loads(file.read_text())["types"]

    def problems(self, resource: Resource) -> list[str]:
        """What is wrong with a body, as ``symbol.path: what``."""
        if resource.type not in self._types:
            return [f"{resource.symbol}: no such type: {resource.type}"]
        body = {name: inner for name, inner in resource.body.items() if name not in _BICEP_S_OWN}
        nodes = self._types[resource.type]
        return _Check(nodes).value(body, nodes[0]["body"], resource.symbol)


class _Check:
    def __init__(self, nodes: list[dict[str, Any]]) -> None:
        self._nodes = nodes

    def value(self, value: Any, reference: dict[str, str], path: str) -> list[str]:
        node = self._nodes[int(reference["$ref"].removeprefix("#/"))]
        if isinstance(value, Ref) or value is None:
            return []
        return getattr(self, f"_{node['$type']}")(value, node, path)

    def _ObjectType(self, value: Any, node: dict[str, Any], path: str) -> list[str]:  # noqa: N802 - named as the types are
        if not isinstance(value, dict):
            return [f"{path}: no object"]
        return self._properties(value, node.get("properties", {}), node.get("additionalProperties"), path)

    def _properties(self, value: dict[str, Any], known: dict[str, Any], other: dict[str, str] | None, path: str) -> list[str]:
        found: list[str] = []
        for name, inner in value.items():
            if name in known:
                if known[name]["flags"] & READ_ONLY:
                    found.append(f"{path}.{name}: read-only")
                found += self.value(inner, known[name]["type"], f"{path}.{name}")
            elif other is not None:
                found += self.value(inner, other, f"{path}.{name}")
            elif name not in _LEFT_OUT:
                found.append(f"{path}.{name}: no such property")
        missing = [name for name, one in known.items() if one["flags"] & REQUIRED and not one["flags"] & READ_ONLY and name not in value]
        return found + [f"{path}.{name}: missing" for name in missing if name not in ("type", "apiVersion")]

    def _DiscriminatedObjectType(self, value: Any, node: dict[str, Any], path: str) -> list[str]:  # noqa: N802
        chosen = value.get(node["discriminator"]) if isinstance(value, dict) else None
        if chosen not in node["elements"]:
            return [f"{path}.{node['discriminator']}: {chosen!r} is none of {sorted(node['elements'])}"]
        inner = self._nodes[int(node["elements"][chosen]["$ref"].removeprefix("#/"))]
        return self._properties(value, {**node.get("baseProperties", {}), **inner["properties"]}, inner.get("additionalProperties"), path)

    def _ArrayType(self, value: Any, node: dict[str, Any], path: str) -> list[str]:  # noqa: N802
        if not isinstance(value, list):
            return [f"{path}: no array"]
        found = [problem for number, inner in enumerate(value) for problem in self.value(inner, node["itemType"], f"{path}[{number}]")]
        return found + _bounds(len(value), node, path)

    def _UnionType(self, value: Any, node: dict[str, Any], path: str) -> list[str]:  # noqa: N802
        choices = [self.value(value, element, path) for element in node["elements"]]
        literal = [
            one.get("value")
            for element in node["elements"]
            if (one := self._nodes[int(element["$ref"][2:])])["$type"] == "StringLiteralType"
        ]
        if literal and isinstance(value, str) and value not in literal and value not in _DOCUMENTED:
            return [
                f"{path}: {value!r} is none of {literal}"
            ]  # also where the union is open: a misspelt word is refused when it is deployed
        return [] if not all(choices) else min(choices, key=len)

    def _StringType(self, value: Any, node: dict[str, Any], path: str) -> list[str]:  # noqa: N802
        if not isinstance(value, str):
            return [f"{path}: no string"]
        if "<" in value:  # holds something that only a deployment knows
            return []
        wrong = (
            [f"{path}: {value!r} does not match {node['pattern']}"] if node.get("pattern") and not re.search(node["pattern"], value) else []
        )
        return wrong + _bounds(len(value), node, path)

    def _StringLiteralType(self, value: Any, node: dict[str, Any], path: str) -> list[str]:  # noqa: N802
        return [] if value == node["value"] else [f"{path}: {value!r} is not {node['value']!r}"]

    def _IntegerType(self, value: Any, node: dict[str, Any], path: str) -> list[str]:  # noqa: N802
        if not isinstance(value, int) or isinstance(value, bool):
            return [f"{path}: no integer"]
        low, high = node.get("minValue", value), node.get("maxValue", value)
        return [] if low <= value <= high else [f"{path}: {value} is not between {low} and {high}"]

    def _BooleanType(self, value: Any, _node: dict[str, Any], path: str) -> list[str]:  # noqa: N802
        return [] if isinstance(value, bool) else [f"{path}: no boolean"]

    def _AnyType(self, _value: Any, _node: dict[str, Any], _path: str) -> list[str]:  # noqa: N802
        return []


def _bounds(length: int, node: dict[str, Any], path: str) -> list[str]:
    low, high = node.get("minLength", length), node.get("maxLength", length)
    return [] if low <= length <= high else [f"{path}: length {length} is not between {low} and {high}"]
