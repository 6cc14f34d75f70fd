"""The law of the probe: what it leaves out nothing keeps, and it teaches what the slow way teaches."""

from collections import Counter

from gatewatch.evidence import ignore_reason, wants
from gatewatch.familiarity import key_of, start_of, teaches
from gatewatch.flow.decoding import Decoded, decode
from gatewatch.flow.learner import AT_HAND, Learner
from gatewatch.flow.located import located
from gatewatch.flow.probing import Left, Prober
from gatewatch.model import Event, Ignored, RawRecord
from gatewatch.model.familiarity import Start
from gatewatch.ports import Ports
from gatewatch.providers.catalogue import provider_of
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.support.channels import bundle
from tests.support.mutants import Mutator

TUNINGS = (
    Tuning(),
    Tuning(
        break_glass=("person7@contoso.example",),
        privileged_principals=("00000005-1111-4000-8000-00000000aaaa",),
        sync_accounts=("person9@contoso.example",),
        aws_app_ids=("4765445b-32c6-49b0-83e6-1d93765276ca",),
        aliases={"person3@contoso.example": "person4@contoso.example"},
        known_networks=("20.0.0.0/8",),
    ),
)


def same_by_both_ways(count: int, seed: int, tuning: Tuning, at_hand: int = AT_HAND) -> Counter[str]:
    """Hand mutants to a probe and to the slow way, and hold every answer against the other; what was answered how often.

    ``at_hand``: how many people, and a hundred times as many kinds of records, the quick way has in memory.
    """
    mutator, asked = Mutator(seed), Counter[str]()
    prober = Prober(tuning, kinds_at_most=100 * at_hand)
    quick, slow = _learner(tuning, at_hand), _learner(tuning)
    for _ in range(count):
        raw = mutator.mutant()
        answer = prober.ask(raw)
        found = decode(raw)
        events = [event for event in found if isinstance(event, Event)]
        slow[0].learn(events)
        if isinstance(answer, Decoded):
            asked["slow way"] += 1
            assert list(answer.found) == found
            quick[0].learn(events)
            continue
        asked[answer.kind.reason] += 1
        _left_alike(answer, found, raw, tuning)
        if answer.news:
            asked["news"] += 1
            quick[0].lesson(*answer.news, Start(answer.time, answer.vendor_id))
        assert not any(slow[0].may_keep(event) for event in events), raw.data
    assert _documents(quick) == _documents(slow)
    return asked


def _left_alike(answer: Left, found: list[object], raw: RawRecord, tuning: Tuning) -> None:
    text = bytes(raw.data)
    (one,) = found
    kind = answer.kind
    if isinstance(one, Ignored):
        assert (kind.reason, kind.dated) == (one.reason, False), text
        return
    assert isinstance(one, Event), text
    event = located(one, None)
    assert ignore_reason(event, tuning) == kind.reason, text
    assert wants(event) is None, text
    assert provider_of(event).limit(event) is None, text
    assert (event.vendor_id, event.time, event.account, event.data_quality) == (answer.vendor_id, answer.time, kind.account, kind.doubts), (
        text
    )
    assert kind.changes == (provider_of(event).versioning.changing(event) is not None)
    if answer.news:  # of the others the documents show that they taught nothing
        features = tuple((name, str(value)) for name, value in provider_of(event).features(event))
        assert teaches(event), text
        assert (answer.news, start_of(event).id) == ((key_of(event), features), answer.vendor_id), text


def _learner(tuning: Tuning, at_hand: int = AT_HAND) -> tuple[Learner, MemoryStore]:
    store = MemoryStore()
    ports: Ports = bundle(store, tuning=tuning, alone=True)
    return Learner(ports, at_hand), store


def _documents(taught: tuple[Learner, MemoryStore]) -> dict[object, bytes]:
    learner, store = taught
    learner.finish()
    return {key: body for key, (body, _) in store._state.items()}
