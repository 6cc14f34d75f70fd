"""The policy of an installation: the tuning, the channels that must be notified, and from which severity a finding is urgent."""

from datetime import datetime

import msgspec
from msgspec import Struct

from ..model import Severity
from .tuning import Tuning

POLICY_SCHEMA = 1


class Policy(Struct, frozen=True, kw_only=True):
    """One version of the policy. It is stored beside the alerts and used by every writer; a host's own settings are only its seed."""

    schema: int = POLICY_SCHEMA
    version: int = 0  # 0: the seed of a host, not stored
    tuning: Tuning = Tuning()
    channels: tuple[str, ...] = ()
    urgent_from: Severity = Severity.CRITICAL
    newer_engines: bool = True  # whether a host of a newer release may put its engine in force by itself
    author: str = ""
    at: datetime | None = None
    reason: str = ""


_DECODER = msgspec.json.Decoder(Policy)


def encode(policy: Policy) -> bytes:
    """The policy as JSON. ``decode`` returns an equal policy."""
    return msgspec.json.encode(policy)


def decode(body: bytes) -> Policy | None:
    """The policy that ``encode`` wrote; None for a broken one, and for one of a newer schema."""
    try:
        policy = _DECODER.decode(body)
    except msgspec.DecodeError:
        return None
    return policy if policy.schema <= POLICY_SCHEMA else None


class _Numbered(Struct, frozen=True):
    version: int = 0


def number_of(body: bytes) -> int:
    """The version of a stored policy, also of one that ``decode`` cannot read; 0 where it does not say."""
    try:
        return msgspec.json.decode(body, type=_Numbered).version
    except msgspec.DecodeError:
        return 0


def without_exceptions(policy: Policy) -> Policy:
    """The same policy with nothing that silences: no allowlist, and every severity is notified of that is urgent."""
    tuning = msgspec.structs.replace(policy.tuning, allowlist=(), notify_from=min(policy.tuning.notify_from, policy.urgent_from))
    return msgspec.structs.replace(policy, tuning=tuning)
