"""As much of ``_bulk`` as faults need to be seen against: ids, versions, and what each item answers. Never used for the contract."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from .faults import ELASTIC, Answer


@dataclass
class FakeBulk:
    """Documents by index and id. ``requests`` holds the ids of each request in turn; ``bad`` ids make their whole request a 400."""

    documents: dict[tuple[str, str], int] = field(default_factory=dict)
    requests: list[list[str]] = field(default_factory=list)
    bad: frozenset[str] = frozenset()
    most_bytes: int = 100 << 20
    told: dict[str, dict[str, object]] = field(default_factory=dict)  # id -> what its item answers, whatever it asks
    refused: int = 0

    def __call__(self, method: str, path: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """One request."""
        del method, path, headers
        if len(body) > self.most_bytes:
            return Answer(413, ELASTIC, b"")
        lines = body.splitlines()
        actions = [next(iter(json.loads(line).items())) for line in lines[::2]]
        self.requests.append([action["_id"] for _, action in actions])
        if self.bad & set(self.requests[-1]):
            said = {"error": {"type": "action_request_validation_exception", "reason": "secret"}, "status": 400}
            return Answer(400, ELASTIC, json.dumps(said).encode())
        items = [{verb: self.told.get(action["_id"]) or self._one(verb, action)} for verb, action in actions]
        return Answer(200, ELASTIC, json.dumps({"errors": True, "items": items}).encode())

    def _one(self, verb: str, action: dict[str, object]) -> dict[str, object]:
        key = (str(action["_index"]), str(action["_id"]))
        known = self.documents.get(key)
        conflict = known is not None if verb == "create" else known != action["if_seq_no"]
        if conflict:
            return {"_id": key[1], "status": 409, "error": {"type": "version_conflict_engine_exception", "reason": "secret"}}
        self.documents[key] = 0 if known is None else known + 1
        return {"_id": key[1], "status": 201 if verb == "create" else 200}
