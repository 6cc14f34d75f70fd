"""A stand-in for Kibana's imports: stateful, checks the published forms, and can be told to refuse. No real Kibana is behind it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.parser import BytesParser
from typing import Any
from urllib.parse import parse_qs, urlsplit

from jsonschema import Draft202012Validator

from tests.elastic_server.faults import Answer
from tests.support import kibana_forms as forms

HEADERS = {"Content-Type": "application/json", "kbn-name": "stand-in"}


@dataclass
class FakeKibana:
    """``objects`` by type and id, ``rules`` by rule id, as they were imported."""

    key: str = ""
    space: str = ""
    objects: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    rules: dict[str, dict[str, Any]] = field(default_factory=dict)
    conflicts: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request."""
        self.asked.append(f"{method} {path}")
        known = {name.lower(): value for name, value in headers.items()}
        where = urlsplit(path)
        if known.get("authorization") != f"ApiKey {self.key}":
            return _answer(401, {"statusCode": 401, "error": "Unauthorized", "message": "secret"})
        if method == "POST" and "kbn-xsrf" not in known:
            return _answer(400, {"statusCode": 400, "error": "Bad Request", "message": "Request must contain a kbn-xsrf header."})
        asked = {name: values[0] for name, values in parse_qs(where.query).items()}
        match (method, where.path.removeprefix(self.space)):
            case ("POST", "/api/saved_objects/_import"):
                return self._objects(_lines(known["content-type"], body), overwrite=asked.get("overwrite") == "true")
            case ("POST", "/api/detection_engine/rules/_import"):
                return self._rules(_lines(known["content-type"], body), overwrite=asked.get("overwrite") == "true")
            case ("GET", "/api/detection_engine/rules"):
                found = self.rules.get(asked["rule_id"])
                return _answer(200, found) if found else _answer(404, {"message": "not found", "status_code": 404})
            case _:
                return _answer(404, {"statusCode": 404, "error": "Not Found"})

    def _objects(self, objects: list[dict[str, Any]], *, overwrite: bool) -> Answer:
        given = {(one["type"], one["id"]) for one in objects}
        errors = []
        for one in objects:
            missing = [each for each in one["references"] if (each["type"], each["id"]) not in given | set(self.objects)]
            if problem := problem_of(one):
                return _answer(400, {"statusCode": 400, "error": "Bad Request", "message": problem})
            if missing:
                errors.append(_refusal(one, "missing_references"))
            elif one["id"] in self.conflicts or ((one["type"], one["id"]) in self.objects and not overwrite):
                errors.append(_refusal(one, "conflict"))
            else:
                self.objects[one["type"], one["id"]] = one
        return _answer(200, {"success": not errors, "successCount": len(objects) - len(errors), "errors": errors})

    def _rules(self, rules: list[dict[str, Any]], *, overwrite: bool) -> Answer:
        errors = []
        for rule in rules:
            problem = next((str(found.message) for found in Draft202012Validator(forms.RULE).iter_errors(rule)), None)
            if problem or rule["rule_id"] in self.conflicts or (rule["rule_id"] in self.rules and not overwrite):
                errors.append({"rule_id": rule["rule_id"], "error": {"status_code": 400, "message": problem or "already exists"}})
            else:
                self.rules[rule["rule_id"]] = rule
        return _answer(200, {"success": not errors, "success_count": len(rules) - len(errors), "errors": errors})


def problem_of(one: dict[str, Any]) -> str | None:
    """What is wrong with the form of a saved object, the JSON inside it included."""
    found = [
        *Draft202012Validator(forms.SAVED).iter_errors(one),
        *Draft202012Validator(forms.ATTRIBUTES[one["type"]]).iter_errors(one["attributes"]),
    ]
    if one["type"] == "dashboard":
        for panel in json.loads(one["attributes"]["panelsJSON"]):
            found += Draft202012Validator(forms.PANEL).iter_errors(panel)
            if panel["type"] == "lens":
                found += Draft202012Validator(forms.LENS).iter_errors(panel.get("embeddableConfig", {}).get("attributes"))
    return found[0].message if found else None


def _lines(content: str, body: bytes) -> list[dict[str, Any]]:
    """The objects of the file in a multipart body."""
    whole = BytesParser().parsebytes(f"Content-Type: {content}\r\n\r\n".encode() + body)
    (part,) = whole.get_payload()
    assert part.get_filename().endswith(".ndjson")
    return [json.loads(line) for line in part.get_payload(decode=True).splitlines()]


def _refusal(one: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": one["id"], "type": one["type"], "error": {"type": kind}}


def _answer(status: int, body: object) -> Answer:
    return Answer(status, HEADERS, json.dumps(body).encode())
