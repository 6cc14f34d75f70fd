"""What is stored of a piece of a replay, made without a store: by any of its processes."""

from collections.abc import Callable

import msgspec
from msgspec import Struct

from ..alerts.state import AlertInputs
from ..evidence import prepared
from ..model import Alert, Prepared
from ..ports import State
from ..providers.codec import decoder
from .components import alerts_of, component
from .familiarity import familiar_in
from .held import Portion, unpacked

_ALERT = decoder(Alert)


class Made(Struct, frozen=True):
    """Evidence as it is stored, and the alerts of it. ``copies``: how many pieces of evidence were there more than once."""

    evidence: list[Prepared]
    alerts: list[Alert]
    copies: int = 0

    def packed(self) -> bytes | None:
        """As bytes for another process, a fifth of what it costs to pickle it; None where a text is no Unicode."""
        try:
            return msgspec.msgpack.encode(_Packed(self.evidence, [msgspec.json.encode(alert) for alert in self.alerts], self.copies))
        except UnicodeEncodeError:
            return None


class _Packed(Struct, frozen=True):
    evidence: list[Prepared]
    alerts: list[bytes]
    copies: int


_PACKED = msgspec.msgpack.Decoder(_Packed)


def unpacked_made(packed: bytes) -> Made:
    """What ``Made.packed`` was called of."""
    found = _PACKED.decode(packed)
    return Made(found.evidence, list(map(_ALERT.decode, found.alerts)), found.copies)


def making(state: State, inputs: AlertInputs) -> Callable[[Portion], Made]:
    """Makes what is stored of the pieces of a part. ``state`` holds the familiarity of the whole part."""

    def make(part: Portion) -> Made:
        made = Made([], [])
        familiar = familiar_in(state, part.familiarity_keys())
        for group in part.groups:
            written = [(unpacked(item), item if isinstance(item, bytes) and item[:1] == b"{" else None) for _, item in group]
            bodies = {id(item): body for item, body in written}
            one = component(item for item, _ in written)
            made.evidence.extend(prepared(item, bodies[id(item)]) for item in one.evidence)
            made.alerts.extend(alerts_of(one, familiar, inputs))
        return Made(made.evidence, made.alerts, part.size - len(made.evidence))

    return make
