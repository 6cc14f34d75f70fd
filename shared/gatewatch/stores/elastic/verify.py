"""``gatewatch elastic verify``: tries with a key what its role does, and what nobody may do with it, and reports each try.

It writes one document called ``verify`` to each place where the role may write, the same one each time; no reader takes it for
evidence, an alert, a response, a policy or familiarity.
"""

from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from ...errors import StoreError, StoreUnavailable
from .answers import Json
from .client import Answer, Client
from .names import Names
from .roles import KeyRole, privileges

FOREIGN = "gatewatch_verify-foreign"
MESSAGE = "gatewatch elastic verify"
ANY = tuple(range(300, 600))
DESTROYING = ("create_doc", "index", "delete", "delete_index", "manage")
HARMLESS = (
    "Elasticsearch still lets a key that may create or index do this on a plain index; dynamic: false and the template keep it harmless"
)


class Check(Struct, frozen=True, kw_only=True):
    """One try: what, what should happen, what did, and whether that is right."""

    what: str
    expected: str  # allowed or refused
    actual: str
    right: bool
    note: str = ""


class _Room(Struct, frozen=True):
    """A place that the role may use, with its privileges there."""

    what: str
    place: str
    held: Sequence[str]
    stream: bool = False


def verify(client: Client, names: Names, role: KeyRole = KeyRole.HOST_AWS) -> list[Check]:
    """Every check of a role, in the order tried. Raises ``StoreUnavailable`` only when nothing can be tried at all."""
    found: list[Check] = []
    for room in _rooms(names, role):
        _append(client, room, found)
        if not room.stream:
            _swap(client, room, found)
        _never(client, room, found)
    _alerts(client, names, found)
    _nothing_else(client, names, found)
    found += [_privileges(client, names, role), _too_many(client, names, role)]
    return found


def _rooms(names: Names, role: KeyRole) -> list[_Room]:
    held = {part["names"][0]: part["privileges"] for part in privileges(names, role)}
    return [
        _Room("evidence", names.evidence, held[names.evidence], stream=True),
        _Room("response", names.responses, held[names.responses], stream=True),
        _Room("alert", f"{names.alerts}-verify", held[names.alerts]),
        _Room("policy", names.policy, held[names.policy]),
        _Room("familiarity", names.familiarity, held[names.familiarity]),
    ]


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


def _document(message: str = MESSAGE) -> Json:
    return {
        "@timestamp": "2000-01-01T00:00:00.000Z",
        "message": message,
        "event": {"kind": "metric"},
        "gatewatch": {"author": {"username": "forged", "authentication_type": "REALM"}},
        "gatewatch_verify": {"unmapped": "x"},
    }


def _append(client: Client, room: _Room, found: list[Check]) -> None:
    """Create a document, and read it."""
    params = {"refresh": "true"} | ({"require_data_stream": "true"} if room.stream else {})
    wrote = _try(client, "PUT", f"/{room.place}/_create/verify", _document(), **params)
    may = "create_doc" in room.held
    note = "no template: run gatewatch elastic setup" if wrote.status == 404 else ""
    found.append(_allowed(f"create {room.what}", wrote, also=(409,), note=note) if may else _refused(f"create {room.what}", wrote))
    read = _search(client, room)
    fine = bool(_hits(read)) if may else read.status in {200, 404}  # where the role creates nothing there may be nothing
    found.append(_allowed(f"read {room.what}", read, right=fine))
    if may and room.what == "response":
        author = [hit["_source"].get("gatewatch", {}).get("author", {}).get("username") for hit in _hits(read)]
        note = "" if "forged" not in author else "run gatewatch elastic setup; a server without set_security_user verifies no author"
        found.append(_allowed("the server writes the author of a response", read, right=author not in (["forged"], []), note=note))


def _search(client: Client, room: _Room) -> Answer:
    return _try(client, "POST", f"/{room.place}/_search", {"query": {"ids": {"values": ["verify"]}}, "seq_no_primary_term": True})


def _hits(answer: Answer) -> list[Json]:
    return list(answer.body["hits"]["hits"]) if answer.status == 200 else []


def _swap(client: Client, room: _Room, found: list[Check]) -> None:
    """Compare and swap, from a realtime read."""
    read = _try(client, "POST", "/_mget", {"docs": [{"_index": room.place, "_id": "verify"}]})
    doc = read.body["docs"][0] if read.status == 200 else {}
    version = {"if_seq_no": str(doc.get("_seq_no", 0)), "if_primary_term": str(doc.get("_primary_term", 1))}
    swap = _try(client, "PUT", f"/{room.place}/_doc/verify", _document(), refresh="true", **version)
    if "index" not in room.held:
        found.append(_refused(f"change {room.what}", swap))
        return
    found.append(_allowed(f"read {room.what}, realtime", read, right=bool(doc.get("found"))))
    found.append(_allowed(f"compare and swap {room.what}", swap))
    stale = _try(client, "PUT", f"/{room.place}/_doc/verify", _document(), **version)
    found.append(_refused(f"compare and swap {room.what} with a stale version", stale, (409,)))


def _never(client: Client, room: _Room, found: list[Check]) -> None:
    """What would rewrite history, or take it away."""
    mapping = {"properties": {"message": {"type": "text"}}}
    remapped = _try(client, "PUT", f"/{room.place}/_mapping", mapping)
    if room.stream or "create_doc" not in room.held:
        found.append(_refused(f"change the mapping of {room.what}", remapped))
    else:
        note = HARMLESS if remapped.status == 200 else ""
        found.append(_allowed(f"change the mapping of {room.what}", remapped, right=True, note=note))
    if room.stream:
        found.append(
            _refused(f"overwrite {room.what}", _try(client, "PUT", f"/{room.place}/_doc/verify", _document("changed")), (400, 403))
        )
        for hit in _hits(_search(client, room)):
            path = f"/{hit['_index']}/_doc/verify"
            version = {"if_seq_no": str(hit["_seq_no"]), "if_primary_term": str(hit["_primary_term"])}
            behind = _try(client, "PUT", path, _document("changed"), **version)
            found.append(_refused(f"overwrite {room.what} behind the data stream", behind))
            found.append(_refused(f"delete {room.what}", _try(client, "DELETE", path)))
        return
    found.append(_refused(f"delete {room.what}", _try(client, "DELETE", f"/{room.place}/_doc/verify")))
    if room.what == "alert":  # an index of its own; the others hold what a key that may too much would destroy, so they are asked about
        found.append(_refused("delete an index of alerts", _try(client, "DELETE", f"/{room.place}")))


def _alerts(client: Client, names: Names, found: list[Check]) -> None:
    """The alias that people read by, a month that is not there, and the template's ``dynamic: false``."""
    never = names.alert_month("0001-01-01")
    read = _try(client, "POST", "/_mget", {"docs": [{"_index": never, "_id": "verify"}]})
    missing = read.status == 200 and read.body["docs"][0].get("error", {}).get("type") == "index_not_found_exception"
    found.append(_allowed("read from a month that does not exist", read, right=missing))
    by_alias = _try(client, "POST", f"/{names.alerts}/_search", {"query": {"match_all": {}}, "size": 0})
    found.append(_allowed("search the alerts through their alias", by_alias, also=(404,), note="the alias is the template's"))
    asked = {"query": {"exists": {"field": "gatewatch_verify.unmapped"}}, "size": 0}
    unmapped = _try(client, "POST", f"/{names.alert_months}/_search", asked)
    fine = unmapped.status == 200 and unmapped.body["hits"]["total"]["value"] == 0
    note = "" if fine else "run gatewatch elastic setup"
    found.append(_allowed("a document cannot add fields (dynamic: false)", unmapped, right=fine, note=note))


def _nothing_else(client: Client, names: Names, found: list[Check]) -> None:
    """Other installations, also one whose name begins with this one's; other people's data; the cluster."""
    other = Names(f"{names.namespace[:62]}_x")
    tries: dict[str, Callable[[], Answer]] = {
        "read another installation's evidence": lambda: _try(client, "POST", f"/{other.evidence}/_search", {}),
        "read another installation's alerts": lambda: _try(client, "POST", f"/{other.alerts}/_search", {}),
        "read another installation's policy": lambda: _try(client, "POST", f"/{other.policy}/_search", {}),
        "write another index": lambda: _try(client, "PUT", f"/{FOREIGN}/_create/verify", _document("foreign")),
        "read another index": lambda: _try(client, "POST", f"/{FOREIGN}/_search", {}),
        "read the security index": lambda: _try(client, "POST", "/.security-7/_search", {}),
        "make a template": lambda: _try(client, "PUT", f"/_component_template/{FOREIGN}", {"template": {}}),
        "make a pipeline": lambda: _try(client, "PUT", f"/_ingest/pipeline/{FOREIGN}", {"processors": []}),
        "make an API key": lambda: _try(client, "POST", "/_security/api_key", {"name": FOREIGN}),
        "read the cluster's health": lambda: _try(client, "GET", "/_cluster/health"),
    }
    found += [_refused(what, attempt()) for what, attempt in tries.items()]


def _privileges(client: Client, names: Names, role: KeyRole) -> Check:
    """What the server says of the key, beside what was tried."""
    what = f"every privilege of the role {role}"
    try:
        body = client.json("POST", "/_security/user/_has_privileges", {"index": privileges(names, role)}).body
    except (StoreUnavailable, StoreError) as error:
        return Check(what=what, expected="allowed", actual=str(error), right=False)
    missing = sorted(_with(body["index"], held=False))
    actual = "all" if body["has_all_requested"] else f"missing: {', '.join(missing)}"
    return Check(what=what, expected="allowed", actual=actual, right=not missing)


def _too_many(client: Client, names: Names, role: KeyRole) -> Check:
    """What the role lacks everywhere: asked, because trying would do it."""
    what = f"every privilege that the role {role} must not have"
    wanted = [
        {"names": part["names"], "privileges": [one for one in DESTROYING if one not in part["privileges"]]}
        for part in privileges(names, role)
    ]
    try:
        body = client.json("POST", "/_security/user/_has_privileges", {"index": wanted}).body
    except (StoreUnavailable, StoreError) as error:
        return Check(what=what, expected="refused", actual=str(error), right=False)
    held = sorted(_with(body["index"], held=True))
    return Check(what=what, expected="refused", actual=f"holds: {', '.join(held)}" if held else "none", right=not held)


def _with(answer: Json, *, held: bool) -> Iterator[str]:
    """Privileges that are held, or are not."""
    for name, rights in answer.items():
        yield from (f"{privilege} on {name}" for privilege, has in rights.items() if has is held)
