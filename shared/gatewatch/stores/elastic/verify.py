"""``gatewatch elastic verify``: tries with a key what the functions do, and what nobody may do with it, and reports each try.

It writes one document to ``logs-gatewatch.signin-gatewatch_verify`` and one to ``gatewatch-alerts-verify``, the same ones each time; neither
looks like evidence or an alert to any reader.
"""

from collections.abc import Callable, Iterator

from msgspec import Struct

from ...errors import StoreError, StoreUnavailable
from .answers import Json
from .client import Answer, Client
from .templates import ALERTS_ALIAS, function_key

EVIDENCE = "logs-gatewatch.signin-gatewatch_verify"
ALERTS = "gatewatch-alerts-verify"
FOREIGN = "gatewatch_verify-foreign"
NEVER = "gatewatch-alerts-0001.01"
ANY = tuple(range(300, 600))


class Check(Struct, frozen=True, kw_only=True):
    """One try: what, what should happen, what did, and whether that is right."""

    what: str
    expected: str  # allowed or refused
    actual: str
    right: bool
    note: str = ""


def verify(client: Client) -> list[Check]:
    """Every check, in the order tried. Raises ``StoreUnavailable`` only when nothing can be tried at all."""
    found: list[Check] = []
    stored = _evidence(client, found)
    _alerts(client, found)
    _never(client, found, stored)
    _nothing_else(client, found)
    found.append(_privileges(client))
    return found


def _try(client: Client, method: str, path: str, body: object = None, **params: str) -> Answer:
    return client.json(method, path, body, params=params, accept=ANY)


def _allowed(what: str, answer: Answer, *, right: bool | None = None, also: tuple[int, ...] = (), note: str = "") -> Check:
    fine = answer.status in {200, 201, *also} if right is None else right
    return Check(what=what, expected="allowed", actual=_said(answer), right=fine, note=note)


def _refused(what: str, answer: Answer, by: tuple[int, ...] = (403, 410)) -> Check:
    """403, or 410 where the call is not there at all (Serverless)."""
    return Check(what=what, expected="refused", actual=_said(answer), right=answer.status in by)


def _said(answer: Answer) -> str:
    return str(answer.status) if answer.status < 300 else f"{answer.status} {answer.error_type}"


def _document(message: str) -> Json:
    return {
        "@timestamp": "2000-01-01T00:00:00.000Z",
        "message": message,
        "event": {"kind": "metric"},
        "gatewatch_verify": {"unmapped": "x"},
    }


def _evidence(client: Client, found: list[Check]) -> Json | None:
    """Append and read; where the document lies behind the data stream."""
    body = _document("gatewatch elastic verify")
    wrote = _try(client, "PUT", f"/{EVIDENCE}/_create/verify", body, refresh="true", require_data_stream="true")
    note = "" if wrote.status != 404 else "no template: run gatewatch elastic setup"
    found.append(_allowed("append evidence to the data stream", wrote, also=(409,), note=note))
    read = _try(client, "POST", f"/{EVIDENCE}/_search", {"query": {"ids": {"values": ["verify"]}}, "seq_no_primary_term": True})
    hits = read.body["hits"]["hits"] if read.status == 200 else []
    found.append(_allowed("search the evidence", read, right=bool(hits)))
    return hits[0] if hits else None


def _alerts(client: Client, found: list[Check]) -> None:
    """Create, read realtime, compare and swap, search through the alias; and the template's ``dynamic: false``."""
    body = _document("gatewatch elastic verify")
    wrote = _try(client, "PUT", f"/{ALERTS}/_create/verify", body, refresh="true")
    found.append(_allowed("create an alert", wrote, also=(409,)))
    read = _try(client, "POST", "/_mget", {"docs": [{"_index": name, "_id": "verify"} for name in (ALERTS, NEVER)]})
    docs = read.body["docs"] if read.status == 200 else [{}, {}]
    found.append(_allowed("read an alert, realtime", read, right=bool(docs[0].get("found"))))
    missing = docs[1].get("error", {}).get("type") == "index_not_found_exception"
    found.append(_allowed("read from a month that does not exist", read, right=missing))
    version = {"if_seq_no": str(docs[0].get("_seq_no", 0)), "if_primary_term": str(docs[0].get("_primary_term", 1))}
    swap = _try(client, "PUT", f"/{ALERTS}/_doc/verify", body, refresh="true", **version)
    found.append(_allowed("compare and swap an alert", swap))
    stale = _try(client, "PUT", f"/{ALERTS}/_doc/verify", body, **version)
    found.append(_refused("compare and swap with a stale version", stale, (409,)))
    by_alias = _try(client, "POST", f"/{ALERTS_ALIAS}/_search", {"query": {"exists": {"field": "message"}}, "size": 0})
    found.append(
        _allowed("search the alerts through their alias", by_alias, right=_total(by_alias) > 0, note="the alias is the template's")
    )
    unmapped = _try(client, "POST", f"/{ALERTS}/_search", {"query": {"exists": {"field": "gatewatch_verify.unmapped"}}, "size": 0})
    fine = unmapped.status == 200 and _total(unmapped) == 0
    found.append(
        _allowed("a document cannot add fields (dynamic: false)", unmapped, right=fine, note="" if fine else "run gatewatch elastic setup")
    )


def _total(answer: Answer) -> int:
    return int(answer.body["hits"]["total"]["value"]) if answer.status == 200 else 0


def _never(client: Client, found: list[Check], stored: Json | None) -> None:
    """What would rewrite history."""
    mapping = {"properties": {"message": {"type": "text"}}}
    found.append(_refused("overwrite evidence", _try(client, "PUT", f"/{EVIDENCE}/_doc/verify", _document("changed")), (400, 403)))
    if stored:
        path = f"/{stored['_index']}/_doc/verify"
        version = {"if_seq_no": str(stored["_seq_no"]), "if_primary_term": str(stored["_primary_term"])}
        behind = _try(client, "PUT", path, _document("changed"), **version)
        found.append(_refused("overwrite evidence behind the data stream", behind))
        found.append(_refused("delete evidence", _try(client, "DELETE", path)))
    found.append(_refused("change the mapping of the evidence", _try(client, "PUT", f"/{EVIDENCE}/_mapping", mapping)))
    found.append(_refused("delete an alert", _try(client, "DELETE", f"/{ALERTS}/_doc/verify")))
    found.append(_refused("delete an index of alerts", _try(client, "DELETE", f"/{ALERTS}")))
    plain = _try(client, "PUT", f"/{ALERTS}/_mapping", mapping)
    note = "Elasticsearch still lets a key that may index do this on a plain index; dynamic: false and the template keep it harmless"
    found.append(_allowed("change the mapping of a plain index of alerts", plain, right=True, note=note if plain.status == 200 else ""))


def _nothing_else(client: Client, found: list[Check]) -> None:
    """Other people's data, and the cluster."""
    tries: dict[str, Callable[[], Answer]] = {
        "write another index": lambda: _try(client, "PUT", f"/{FOREIGN}/_create/verify", _document("foreign")),
        "read another index": lambda: _try(client, "POST", f"/{FOREIGN}/_search", {}),
        "read the security index": lambda: _try(client, "POST", "/.security-7/_search", {}),
        "make a template": lambda: _try(client, "PUT", f"/_component_template/{FOREIGN}", {"template": {}}),
        "make an API key": lambda: _try(client, "POST", "/_security/api_key", {"name": FOREIGN}),
        "read the cluster's health": lambda: _try(client, "GET", "/_cluster/health"),
    }
    found += [_refused(what, attempt()) for what, attempt in tries.items()]


def _privileges(client: Client) -> Check:
    """What the server says of the key, beside what was tried."""
    wanted = function_key()["role_descriptors"]["gatewatch"]["indices"]
    try:
        body = client.json("POST", "/_security/user/_has_privileges", {"index": wanted}).body
    except (StoreUnavailable, StoreError) as error:
        return Check(what="every privilege of the shipped key", expected="allowed", actual=str(error), right=False)
    missing = sorted(_missing(body["index"]))
    actual = "all" if body["has_all_requested"] else f"missing: {', '.join(missing)}"
    return Check(what="every privilege of the shipped key", expected="allowed", actual=actual, right=not missing)


def _missing(answer: Json) -> Iterator[str]:
    for name, privileges in answer.items():
        yield from (f"{privilege} on {name}" for privilege, held in privileges.items() if not held)
