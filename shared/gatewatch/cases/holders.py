"""Whose evidence a case reads: all identities of one person, and those that have an access key in common with them."""

from collections.abc import Iterable

from msgspec import Struct

from ..evidence import mentions
from ..model import Event, Evidence
from ..model.tokens import access_key_token, subjects
from ..ports import Ports, Span

MOST_HOLDERS = 10
"""A key that more identities name is shared: it says nothing about who is behind it, and its holders are not followed."""

_KEY = access_key_token("")


class CaseSubjects(Struct, frozen=True, gc=False, kw_only=True):
    """The tokens of subjects, and those of access keys with what else names them."""

    tokens: frozenset[str]
    by_key: dict[str, str]  # token of a subject that only an access key ties to the person -> the id of that key
    shared: frozenset[str]  # ids of keys whose holders are not followed
    keys: frozenset[str]  # the tokens of all keys that were met

    def key_of(self, event: Event) -> str:
        """The id of the access key that alone ties this event to the person; empty for the person's own."""
        found = subjects(event)
        if not self.tokens.isdisjoint(found):
            own = [token for token in found if token in self.tokens and token not in self.by_key]
            return "" if own else next(self.by_key[token] for token in found if token in self.by_key)
        return next((token.removeprefix(_KEY) for token in mentions(event) if token in self.keys), "")


def case_subjects(tokens: Iterable[str], span: Span, ports: Ports) -> CaseSubjects:
    """Everybody in this span whom a shared person or an access key ties to these subjects, until there is nobody new."""
    own = _grown(set(tokens), span, ports)
    everybody, by_key, shared, seen = set(own), dict[str, str](), set[str](), set[str]()
    while new := {key for item in _read(everybody, span, ports) for key in mentions(item.event) if key.startswith(_KEY)} - seen:
        for key in sorted(new):
            met = {subjects(item.event) for item in _read({key}, span, ports)}
            if len(met) > MOST_HOLDERS:
                shared.add(key.removeprefix(_KEY))
                continue
            added = _grown({token for holder in met for token in holder} - everybody, span, ports) - everybody
            by_key |= dict.fromkeys(added, key.removeprefix(_KEY))
            everybody |= added
        seen |= new
    return CaseSubjects(tokens=frozenset(everybody), by_key=by_key, shared=frozenset(shared), keys=frozenset(seen))


def _grown(tokens: set[str], span: Span, ports: Ports) -> set[str]:
    """With every identity that shares a person with what is met, until there is no new one."""
    while True:
        met = {token for item in _read(tokens, span, ports) for token in subjects(item.event)}
        if met <= tokens:
            return tokens
        tokens |= met


def _read(tokens: Iterable[str], span: Span, ports: Ports) -> tuple[Evidence, ...]:
    wanted = frozenset(tokens)
    return ports.store.context(wanted, [span], ()).evidence if wanted else ()
