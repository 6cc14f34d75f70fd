"""The contract of a provider: what one vendor's folder answers, as one frozen record of functions and data.

No base class and no plug-in system: a part that is missing is a type error. Generic rooms ask the catalogue for the provider of an event
and never name one. Values that a provider's functions return may quote what an attacker wrote: they are data, never markup.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from msgspec import Struct

from ..model import Activity, Detail, Event, Fact
from ..reading.fields import Fields
from ..tuning import Tuning
from .ecs import Flat
from .field import MappedField
from .rule import Modifier, PairRule, Rule
from .versions import Versions

type Decode = Callable[[Fields, str | None], Event | str]
"""Gives the event of a record (and the tenant of its connection), or the reason why the record is ignored; raises ``SourceError``."""


class Link(Struct, frozen=True):
    """A labelled https address that a responder may open."""

    label: str
    url: str


class Sample(Struct, frozen=True, kw_only=True):
    """A raw record in the vendor's own shape, for the contract suite. ``account`` is the account its document must name."""

    name: str
    record: Mapping[str, object]
    account: str | None
    tenant: str | None = None
    ignored: str | None = None  # the reason for which it is ignored under the default tuning; None: it becomes evidence
    wants: str | None = None  # the sample whose record it names
    closing: Mapping[str, object] | None = None  # a later version of the record, which ends its risk


@dataclass(frozen=True, kw_only=True, slots=True)
class Versioning:
    """How the versions of one record are ordered and what ends its risk."""

    changing: Callable[[Event], tuple[object, ...] | None]  # the fields that change after the fact; None: this record never changes
    closed: Callable[[Event, Tuning], bool]  # whether this version says that the risk is over
    confirmed: Callable[[Event], bool]  # whether this version says that the account is compromised


@dataclass(frozen=True, kw_only=True, slots=True)
class DocumentPart:
    """How events are written to an index: ECS and the names of Elastic's own integrations."""

    category: str  # ECS event.category of its alerts, beside intrusion_detection
    fields: Callable[[Event], Flat]
    linked_fields: Callable[[Activity], Flat]  # what the records linked to an activity add beside its event
    names: Callable[[Event], Sequence[str]]  # every name of who acted, for related.user
    hosts: Callable[[Event], Sequence[str]]  # related.hosts
    namespaces: tuple[str, ...]  # the vendor's own prefixes: what the other side of a pair keeps in a shared document
    mapping: Callable[[], tuple[MappedField, ...]]  # the vendor's rows of the field table


@dataclass(frozen=True, kw_only=True, slots=True)
class TextPart:
    """The words for people. Strings are raw here: the message model makes them visible."""

    name: Callable[[Event], str]  # the name people know
    identity: Callable[[Event], str | None]  # ARN or object id
    role: Callable[[Event], str]  # what kind of identity acted
    used: Callable[[Event], str]  # console, command line, application or host
    result: Callable[[Event], str]
    mfa: Callable[[Activity], str]
    risk: Callable[[Activity], str]
    has_address: bool  # False where the place of an event is its host


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """One vendor."""

    name: str  # first part of a group key, and of the ids of its rules
    details: tuple[type[Detail], ...]  # its members of the tagged union of an event's detail
    # reading
    recognise: Callable[[Fields], Decode | str | None]  # how to decode the record, or why it is ignored; None: not this vendor's
    ignore_reasons: frozenset[str]  # every reason for which it ignores a record
    keep: Callable[[Event, Tuning], str | None]  # None when the event becomes evidence, else the reason it is ignored
    indices: tuple[str, ...] = ()  # patterns of the indices in which its own programs keep its records; a poller may read them
    # evidence
    versioning: Versioning
    links: Callable[[Event], tuple[str, ...]]  # tokens that tie an event to others whatever their time, beside its own id
    wants: Callable[[Event], str | None]  # vendor id of the record that this one names and that must be evidence as well
    # familiarity
    teaching: tuple[type[Detail], ...]  # the details of which successes teach
    features: Callable[[Event], tuple[tuple[str, str | int], ...]]  # what an event teaches and is compared by
    # activities
    activities: Callable[[Sequence[Versions]], list[Activity]]
    linking_reach: timedelta  # how far apart in time records may be that become one activity by something else than an id
    related: Callable[[Event], bool]  # whether an event shortly before a fired one is named as related evidence (not counted)
    circumstances: Callable[[Activity, Tuning], Iterable[Modifier]]
    attributes: Callable[[Event], Mapping[str, str]]  # what an allowlist entry may match beside who, where and when
    guarded: Callable[[Activity], bool]  # whether an allowlist wildcard must never silence this activity
    mfa: Callable[[Event], Fact | None]  # what the record itself says of MFA; None where MFA has no meaning
    # documents and words
    document: DocumentPart
    text: TextPart
    account_label: str  # "AWS account"; empty where events have no account
    first_steps: tuple[str, ...]  # of rules that have none of their own
    lookups: Callable[[Event], tuple[str, ...]]  # how a responder reads the record itself, as commands
    links_for_people: Callable[[Event], tuple[Link, ...]]
    # proof
    rules: tuple[Rule, ...]
    samples: Callable[[], tuple[Sample, ...]]  # every kind of event, and one record for each reason to ignore one


@dataclass(frozen=True, kw_only=True, slots=True)
class Correlation:
    """What needs two providers: rules on pairs, rules on any provider's sign-in, and facts that one provider knows of another's."""

    name: str  # first part of the group key of a pair
    reach: timedelta  # how far apart in time that other record may be
    complete: Callable[[Sequence[Activity], Tuning], list[Activity]]  # adds to activities what another provider knows of them
    rules: tuple[Rule, ...]
    pair_rules: tuple[PairRule, ...]
    first_steps: tuple[str, ...]
