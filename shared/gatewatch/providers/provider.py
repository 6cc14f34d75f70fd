"""The contract of a provider: everything that generic rooms need from one vendor, as one frozen record of functions and data.

There is no base class and no plug-in system, so a missing part is a type error. Generic rooms get the provider of an event from the
catalogue and never name one. Values that the functions return may quote attacker-written text: they are data, never markup.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from ..model import Activity, Detail, Event, Fact, Link
from ..model.tokens import principal_token
from ..reading.fields import Fields
from ..tuning import Tuning
from .dialect import Dialect
from .ecs import Flat
from .field import MappedField
from .limit import Limit
from .probe import Probe
from .record_form import RecordForm
from .rule import Modifier, PairRule, Rule
from .session import OpenedSession, Trace
from .versions import Versions

type Decode = Callable[[Fields, str | None], Event | str]
"""Takes a record and the tenant of its connection. Returns the event, or the reason why the record is ignored; raises ``SourceError``."""


class Sample(Struct, frozen=True, kw_only=True):
    """A raw record in the vendor's own form, for the contract suite. ``account`` is the account that its document must name."""

    name: str
    record: Mapping[str, object]
    account: str | None
    tenant: str | None = None
    ignored: str | None = None  # the reason for which it is ignored under the default tuning; None: it becomes evidence
    wants: str | None = None  # the sample whose record it names
    closing: Mapping[str, object] | None = None  # a later version of the record, which ends its risk


class Versioning(Struct, frozen=True, kw_only=True):
    """How versions of one record differ, and which version ends its risk."""

    changing: Callable[[Event], tuple[object, ...] | None]  # the fields that later versions change; None: this record never changes
    closed: Callable[[Event, Tuning], bool]  # whether this version says that the risk is over
    confirmed: Callable[[Event], bool]  # whether this version says that the account is compromised
    silent: Callable[[Event], bool] = lambda _event: False  # whether this version says nothing of what changes: its dialect cannot carry it
    complete: Callable[[Event, Event], Event] = lambda newest, _older: newest  # the first with what it lacks and the older one says


class DocumentPart(Struct, frozen=True, kw_only=True):
    """How events become documents: ECS fields, and fields named as in Elastic's own integrations."""

    category: str  # ECS event.category of its alerts, in addition to intrusion_detection
    fields: Callable[[Event], Flat]
    linked_fields: Callable[[Activity], Flat]  # the fields of records that are linked to an activity
    names: Callable[[Event], Sequence[str]]  # every name of who acted, for related.user
    hosts: Callable[[Event], Sequence[str]]  # related.hosts
    namespaces: tuple[str, ...]  # the vendor's own field prefixes; in the document of a pair, these fields of the other side are kept
    mapping: Callable[[], tuple[MappedField, ...]]  # the vendor's rows of the field table


class TextPart(Struct, frozen=True, kw_only=True):
    """Texts about an event for people. Values are raw; the message model escapes hidden characters."""

    name: Callable[[Event], str]  # the name of who acted
    identity: Callable[[Event], str | None]  # ARN or object id
    role: Callable[[Event], str]  # kind of identity that acted
    used: Callable[[Event], str]  # what was used: console, command line, application or host
    result: Callable[[Event], str]
    mfa: Callable[[Activity], str]
    risk: Callable[[Activity], str]
    device: Callable[[Event], str] = lambda _event: ""  # the device that the record names, with its state
    noun: Callable[[Event], str] = lambda _event: "event"  # what the event is: "sign-in"
    has_address: bool  # False if events have a host instead of a source address


class ContextPart(Struct, frozen=True, kw_only=True):
    """Events that are shown beside the alerts of their person, give no points and start no alert."""

    details: tuple[type[Detail], ...]  # the kinds of these events
    says: Callable[[Event], str]  # what was done, in the past tense and without a subject: "registered security info"
    before: timedelta  # how long before an event of an alert it is shown beside it
    after: timedelta


class IndexSearch(Struct, frozen=True, kw_only=True):
    """How a poller searches the indices in which a vendor's own programs keep its records."""

    documents: Callable[[datetime, datetime, Tuning], dict[str, Any]]  # the query for what may become evidence in a span of time
    streams: Callable[[datetime, datetime], dict[str, Any]]  # the query for everything that teaches since when a stream is there
    stream_fields: tuple[str, ...]  # the fields that tell streams apart
    stream_record: Callable[[Mapping[str, object], datetime], Mapping[str, object] | None]  # the record that teaches its first moment


class SavedSearch(Struct, frozen=True):
    """A question about the evidence that a published query in Kibana's language asks (``infra/elastic/queries/kql``)."""

    name: str  # of the query's file
    title: str
    answers: str


class Provider(Struct, frozen=True, kw_only=True):
    """Everything that the library needs from one vendor."""

    name: str  # first part of a group key and of its rule ids
    details: tuple[type[Detail], ...]  # its members of the tagged union Event.detail
    # reading
    recognise: Callable[[Fields], Decode | str | None]  # the decoder of the record, or why it is ignored; None: another vendor's record
    ignore_reasons: frozenset[str]  # every reason why it ignores a record
    probes: tuple[Probe, ...] = ()  # its hot forms of records: what decides about one, taken from its bytes
    dialects: tuple[Dialect, ...] = ()  # its records as other products and exports write them; the first that recognises a record reads it
    keep: Callable[[Event, Tuning], str | None]  # None when the event becomes evidence, else the reason why it is ignored
    forms: tuple[RecordForm, ...] = ()  # forms of its records of which a query in front of Gatewatch may leave some out; other records pass
    indices: tuple[str, ...] = ()  # index patterns that hold this vendor's records as its own programs write them; a poller may read them
    search: IndexSearch | None = None  # how a poller searches those indices
    # evidence
    versioning: Versioning
    links: Callable[[Event], tuple[str, ...]]  # tokens that connect an event to others at any time, besides its own id
    mentions: Callable[[Event], tuple[str, ...]] = lambda _event: ()  # tokens by which only people look for an event; they join nothing
    wants: Callable[[Event], str | None]  # vendor id of the record that this event names and that must be evidence too
    # familiarity
    features: Callable[[Event], tuple[tuple[str, str | int], ...]]  # the features of an event in familiarity: name and value
    teaches: Callable[[Event], bool]  # whether this event, if it is a success, teaches familiarity
    familiarity_key: Callable[[Event], str] = principal_token  # whose familiarity this event teaches and asks
    asks: Callable[[Event], bool] = lambda _event: False  # an event that does not teach but asks which values its familiarity holds
    habitual: Callable[[Event], bool] = lambda _event: True  # whether a rule asks if what this event did was usual before
    # activities
    activities: Callable[[Sequence[Versions]], list[Activity]]
    linking_reach: timedelta  # longest time between records that become one activity without sharing an id
    links_loosely: Callable[[Event], bool] = lambda _event: False  # whether this event may be one of them with others of its person
    related: Callable[[Event], bool] | None  # which events shortly before a matched one are listed, but not counted; None: none
    related_after: timedelta = timedelta()  # how long after a matched event a related one is listed as well
    context: ContextPart | None = None  # its events that are only shown; None: it has none
    limit: Callable[[Event], Limit | None] = lambda _event: None  # how many events of its kind are kept; None: all
    circumstances: Callable[[Activity, Tuning], Iterable[Modifier]]
    attributes: Callable[[Event], Mapping[str, str]]  # further values that an allowlist entry may match
    guarded: Callable[[Activity], bool]  # whether an allowlist wildcard must never suppress this activity
    superuser: Callable[[Event], str] = lambda _event: ""  # the name of the identity with every right, if it acted ("root")
    mfa: Callable[[Event], Fact | None]  # what the record itself says about MFA; None where MFA does not apply
    second_factor_applies: Callable[[Event], bool] = lambda _event: (
        True
    )  # whether a person entered, whom a second factor could be asked for
    # documents and words
    document: DocumentPart
    text: TextPart
    account_label: str  # for example "AWS account"; empty if events have no account
    first_steps: tuple[str, ...]  # for rules without first steps of their own
    lookups: Callable[[Event], tuple[str, ...]]  # commands or requests that show a responder the record
    links_for_people: Callable[[Event], tuple[Link, ...]]
    opens: Callable[[Event], OpenedSession | None] = lambda _event: None  # the session that an event opened
    traces: Callable[[Fields], Trace | None] = lambda _record: None  # what any record of the vendor says of the session it was made with
    placeholders: Callable[[Event], Mapping[str, str | None]] = lambda _event: {}  # what its playbooks may name in braces
    saved_searches: tuple[SavedSearch, ...] = ()  # what people save in Kibana about its evidence
    # proof
    rules: tuple[Rule, ...]
    pair_rules: tuple[PairRule, ...] = ()  # rules on two activities of one principal
    samples: Callable[[], tuple[Sample, ...]]  # every kind of event, and one record for each reason to ignore one


class Correlation(Struct, frozen=True, kw_only=True):
    """What needs two providers: rules on pairs, rules on the sign-ins of any provider, and facts from one provider about another's event."""

    name: str  # first part of the group key of a pair
    reach: timedelta  # longest time between an activity and the record of the other provider
    complete: Callable[[Sequence[Activity], Tuning, datetime], list[Activity]]  # adds facts from another provider; given the time of now
    waits: Callable[[Event, Tuning], bool]  # whether the alert of this event may change after ``grace`` although nothing arrives
    grace: timedelta
    rules: tuple[Rule, ...]
    pair_rules: tuple[PairRule, ...]
    first_steps: tuple[str, ...]
