"""The policy and the engine in force, as every writer of the installation reads them."""

from collections.abc import Iterator

import msgspec

from ..flow.policy import ENGINE, IN_FORCE, POLICY
from ..model import Severity
from ..ports import State, Store
from ..providers.engine import Engine, this_engine
from ..tuning.policy import Policy, decode
from .findings import Diagnosis

_ENGINE = msgspec.json.Decoder(Engine)


def policy_in_force(store: Store) -> Policy | None:
    """The policy that the store holds; None without one, and for one that cannot be read. Raises ``StoreError``."""
    document = store.read_state((), (POLICY,)).documents.get(POLICY)
    return decode(document.body) if document is not None else None


def policy_and_engine(store: Store, engine: Engine | None = None) -> Iterator[Diagnosis]:
    """What is wrong with them. ``engine`` is that of this program. Raises ``StoreError``."""
    state = store.read_state((), IN_FORCE)
    document = state.documents.get(POLICY)
    policy = decode(document.body) if document is not None else None
    if document is not None and policy is None:
        yield Diagnosis(
            id="policy-unreadable",
            severity=Severity.CRITICAL,
            problem="The stored policy is broken, or a newer release wrote it: every host uses the last one it read, or its own settings.",
            fix="List the versions that can be read, then apply a good tuning file over the broken one:\n"
            "gatewatch tuning history\n"
            "gatewatch tuning apply FILE --base VERSION --replace-unreadable",
        )
    yield from _engine(state, policy, engine or this_engine())


def _engine(state: State, policy: Policy | None, here: Engine) -> Iterator[Diagnosis]:
    document = state.documents.get(ENGINE)
    if document is None:
        return  # no host has run yet: the checks of the cursors say so
    try:
        there = _ENGINE.decode(document.body)
    except msgspec.DecodeError:
        there = None
    if there is None or there > here:
        said = f"engine {there.number}:{there.digest}" if there is not None else "an engine that this release cannot read"
        yield Diagnosis(
            id="engine-newer",
            severity=Severity.HIGH,
            problem=f"In force is {said}, which is newer than this release ({here.number}:{here.digest}). "
            "A host of this release stores evidence and computes no alert.",
            fix="Deploy the newest release to both clouds, and install it here: pip install --upgrade gatewatch",
        )
    elif there < here:
        forbidden = policy is not None and not policy.newer_engines
        yield Diagnosis(
            id="engine-older",
            severity=Severity.MEDIUM,
            problem=f"In force is engine {there.number}:{there.digest}, older than this release ({here.number}:{here.digest}): "
            + ("the policy forbids newer engines." if forbidden else "no host of this release has run yet."),
            fix="gatewatch tuning apply FILE --base VERSION --newer-engines allow"
            if forbidden
            else "Deploy this release; its first run puts its engine in force.",
        )
