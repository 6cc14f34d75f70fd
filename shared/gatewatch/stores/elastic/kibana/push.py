"""Brings the objects to a Kibana: one import of saved objects, one of the rule. Both may be repeated."""

from collections.abc import Iterable

import msgspec
from msgspec import Struct

from ....errors import StoreError
from ..answers import Json
from ..client import Client, Peer
from ..names import Names
from .objects import saved_objects
from .rule import detection_rule

SAVED_OBJECTS = "/api/saved_objects/_import"
RULES = "/api/detection_engine/rules/_import"
KIBANA = Peer("Kibana", None, {"kbn-xsrf": "gatewatch"})
"""It refuses a writing request without this header."""


class Pushed(Struct, frozen=True):
    """What became of one object: ``done``, or what Kibana said against it."""

    type: str
    id: str
    title: str
    done: bool
    reason: str = ""


def push(client: Client, names: Names, *, rule: bool = True) -> list[Pushed]:
    """Import everything over what is there. A rule that was switched on stays on.

    Raises:
        StoreUnavailable: Kibana is away, or refuses the credential.
        StoreError: Kibana refuses the request, or its answer is not that of an import.
    """
    objects = saved_objects(names)
    problems = _problems(_import(client, SAVED_OBJECTS, objects))
    done = [_pushed(each["type"], each["id"], _title(each), problems) for each in objects]
    if not rule:
        return done
    made = detection_rule(names, client.endpoint.prefix)
    found = _import(client, RULES, [{**made, "enabled": _is_on(client, made["rule_id"])}])
    return [*done, _pushed("rule", made["rule_id"], made["name"], _problems(found))]


def planned(names: Names, *, rule: bool = True) -> list[Pushed]:
    """What ``push`` would write."""
    done = [_pushed(each["type"], each["id"], _title(each), {}) for each in saved_objects(names)]
    made = detection_rule(names)
    return [*done, _pushed("rule", made["rule_id"], made["name"], {})] if rule else done


def _is_on(client: Client, rule_id: str) -> bool:
    answer = client.json("GET", "/api/detection_engine/rules", params={"rule_id": rule_id}, accept=(404,))
    return answer.status != 404 and isinstance(answer.body, dict) and answer.body.get("enabled") is True


def _import(client: Client, path: str, objects: Iterable[Json]) -> Json:
    """One multipart request with the objects as a file."""
    from urllib3 import encode_multipart_formdata  # noqa: PLC0415 - loaded only where a server is asked

    lines = b"".join(msgspec.json.encode(each) + b"\n" for each in objects)
    body, content = encode_multipart_formdata({"file": ("gatewatch.ndjson", lines, "application/ndjson")})
    answer = client.send("POST", path, body, content, params={"overwrite": "true"}, again=False).body
    if not isinstance(answer, dict) or not isinstance(answer.get("success"), bool):
        raise StoreError("Kibana's answer is not that of an import: is KIBANA_URL the address of Kibana?")
    return answer


def _problems(answer: Json) -> dict[str, str]:
    """What the answer says against objects, by id (a rule by its rule id)."""
    found: dict[str, str] = {}
    for each in answer.get("errors") or ():
        error = each.get("error") if isinstance(each, dict) else None
        if isinstance(error, dict):
            name = each.get("id") or each.get("rule_id") or ""
            found[str(name)] = str(error.get("type") or error.get("message") or "refused")[:200]
    if not found and answer["success"] is False:
        found[""] = "Kibana says that the import failed, and not why"
    return found


def _pushed(kind: str, name: str, title: str, problems: dict[str, str]) -> Pushed:
    reason = problems.get(name) or problems.get("", "")
    return Pushed(kind, name, title, not reason, reason)


def _title(saved: Json) -> str:
    attributes = saved["attributes"]
    return str(attributes.get("name") or attributes["title"])
