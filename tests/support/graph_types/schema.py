"""JSON Schema made from Microsoft's published Graph types (npm), for holding our fake's payloads against."""

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from jsonschema import Draft7Validator

from scripts.local_cloud.node import ROOT, tool

HERE = Path(__file__).resolve().parent


@cache
def _definitions(version: str) -> dict[str, Any]:
    """Definitions under names without the signs that a $ref must escape. Raises ``NodeMissing``."""
    command = [*tool("ts-json-schema-generator"), "--path", str(HERE / f"{version}.ts"), "--type", "*", "--no-type-check"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)["definitions"]
    plain = {name: name if name.isidentifier() else f"d{number}" for number, name in enumerate(found)}

    def renamed(value: Any) -> Any:
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {k: f"#/definitions/{plain[unquote(v[14:])]}" if k == "$ref" else renamed(v) for k, v in value.items()}

    return {plain[name]: renamed(body) for name, body in found.items()}


def enum(version: str, name: str) -> set[str]:
    """The values of one enumeration."""
    return set(_definitions(version)[name]["enum"])


def problems(version: str, page: str, body: Any) -> list[str]:
    """What is wrong with a page of records (``SignInPage``, ``RiskDetectionPage``); OData's own annotations are left out."""
    validator = Draft7Validator({"$ref": f"#/definitions/{page}", "definitions": _definitions(version)})
    return [f"{'/'.join(map(str, e.absolute_path))}: {e.message}" for e in validator.iter_errors(_without_annotations(body))]


def _without_annotations(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_annotations(item) for item in value]
    if isinstance(value, dict):
        return {k: _without_annotations(v) for k, v in value.items() if not k.startswith("@odata.")}
    return value
