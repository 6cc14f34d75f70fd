"""Which CloudTrail records a query may leave out: all calls but sign-ins, those that rules name, and those with a long-term key or of an instance.

Sources of the tables: AWS's documentation "Query AWS CloudTrail logs" (Athena, ``CREATE TABLE cloudtrail_logs``); the Azure Monitor reference
of the table ``AWSCloudTrail``.
"""

from ...tuning import Tuning
from ..condition import AnyOf, Compare, Condition, Leaf, Path, within
from ..record_form import RecordForm, Table
from .event_names import CALLS, SIGN_IN_EVENTS, WATCHING_CALLS
from .facts import CREATE_PORTAL_TOKEN, FEDERATION_TOKEN

_SOURCE: Path = ("eventSource",)
_NAME: Path = ("eventName",)
_WHO: Path = ("userIdentity",)
# The events of sign-in are kept by their source, and by their names where the source is no name of AWS.
_KEPT = frozenset({*WATCHING_CALLS, FEDERATION_TOKEN, CREATE_PORTAL_TOKEN, *SIGN_IN_EVENTS.values()})

# The id of an instance is the name of the session: after ":" in principalId, after "/" in the ARN.
_INSTANCE = Leaf(_WHO, Compare.INSIDE, (":i-", "/i-"))


def _called(names: frozenset[str]) -> Leaf:
    """A call with one of these names. Lambda's end in the version of its API, so only their beginnings are compared."""
    return Leaf(_NAME, Compare.BEGINS, tuple(sorted(name.lower() for name in names)))


def _keep(_tuning: Tuning) -> Condition:
    return AnyOf((Leaf(_SOURCE, Compare.CONTAINS, ("signin",)), _called(_KEPT), _INSTANCE))


_TEACH = AnyOf((Leaf(_WHO, Compare.INSIDE, ("akia",)), _called(frozenset(CALLS.values()))))
_KIND = Leaf(_SOURCE, Compare.CONTAINS, (".amazonaws.com",))

_TABLES = (
    Table(
        language="athena",
        names=("cloudtrail_logs",),
        columns={
            _SOURCE: ("eventsource",),
            _NAME: ("eventname",),
            _WHO: ("useridentity.principalid", "useridentity.arn", "useridentity.accesskeyid"),
        },
    ),
    Table(
        language="kql",
        names=("AWSCloudTrail",),
        columns={
            _SOURCE: ("EventSource",),
            _NAME: ("EventName",),
            _WHO: ("UserIdentityPrincipalid", "UserIdentityArn", "UserIdentityAccessKeyId"),
        },
    ),
)

_DETAIL: Path = ("detail",)
_ALERT = Leaf(("detail-type",), Compare.CONTAINS, ("anomaly",))

FORMS = (
    RecordForm(
        name="CloudTrail record",
        objects=(_WHO,),
        texts=(_SOURCE, _NAME),
        absent=("detail-type",),
        vacant=(_DETAIL,),
        kind=_KIND,
        keep=_keep,
        teach=_TEACH,
        tables=_TABLES,
    ),
    RecordForm(
        name="CloudTrail record in the envelope of EventBridge",
        objects=(_DETAIL, (*_DETAIL, *_WHO)),
        texts=((*_DETAIL, *_SOURCE), (*_DETAIL, *_NAME), ("source",), ("detail-type",)),
        kind=within(_KIND, _DETAIL),
        keep=lambda tuning: AnyOf((_ALERT, within(_keep(tuning), _DETAIL))),
        teach=within(_TEACH, _DETAIL),
    ),
)
"""A record of CloudTrail, bare and in its envelope."""
