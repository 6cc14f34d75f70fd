"""Which sign-ins a query may leave out: those without risk that enter no control plane, teach nothing and that no policy names.

Every success teaches familiarity, so a query that keeps all that teaches leaves out failures only. Source of the tables: the Azure Monitor
reference of SigninLogs, AADNonInteractiveUserSignInLogs, AADServicePrincipalSignInLogs, AADManagedIdentitySignInLogs and the risk tables.
"""

import re
from collections.abc import Iterable

from ...tuning import Tuning, fold
from ..condition import AllOf, AnyOf, Compare, Condition, Leaf, Path, within
from ..record_form import RecordForm, Table
from . import control_planes
from .keep import CONTEXT_CODES, COUNTED_CODES
from .vocabulary import DEVICE_CODE_PROTOCOL, DEVICE_CODE_TRANSFER, PASSWORD_PROTOCOLS, PASSWORD_USER_AGENT

_LONG = 1000  # characters; longer names are cut when they are read
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_CODES: tuple[Path, ...] = (("status", "errorCode"), ("resultType",))
_NAMES: tuple[Path, ...] = (("userPrincipalName",), ("userId",), ("servicePrincipalId",), ("servicePrincipalName",), ("appId",))
_DISPLAYED: tuple[Path, ...] = (("userDisplayName",), ("servicePrincipalName",))  # any script, so only searched
_APPLICATION: tuple[Path, ...] = (("appDisplayName",), ("resourceDisplayName",))
_RISK: tuple[Path, ...] = (
    ("riskState",),
    ("riskLevelDuringSignIn",),
    ("riskLevelAggregated",),
    ("riskEventTypes",),
    ("riskEventTypes_v2",),
)
_ID: Path = ("id",)
_MODERN_CLIENTS = ("browser", "mobile apps and desktop clients", "authenticated smtp", "smtp", "unknown", "none")


def _each(paths: Iterable[Path], test: Compare, values: Iterable[object] = ()) -> Condition:
    texts = tuple(sorted(str(value) for value in values))
    return AnyOf(tuple(Leaf(path, test, texts) for path in paths))


def _keep(tuning: Tuning) -> Condition:
    return AnyOf((
        _each(_RISK, Compare.IS_NOT, ("none", "hidden")),
        _each(_CODES, Compare.NUMBER, COUNTED_CODES | CONTEXT_CODES),
        Leaf(("appId",), Compare.IS, tuple(sorted(control_planes.CLIENTS))),
        _each((("resourceId",), ("resourceIdentity",)), Compare.IS, control_planes.RESOURCES),
        _aws_application(tuning),
        Leaf(("authenticationProtocol",), Compare.IS, (DEVICE_CODE_PROTOCOL, *sorted(PASSWORD_PROTOCOLS))),
        Leaf(("originalTransferMethod",), Compare.IS, (DEVICE_CODE_TRANSFER,)),
        Leaf(("clientAppUsed",), Compare.IS_NOT, _MODERN_CLIENTS),
        Leaf(("userAgent",), Compare.CONTAINS, (PASSWORD_USER_AGENT,)),
        _synchronisation(),
        _listed((*tuning.break_glass, *tuning.privileged_principals, *tuning.sync_accounts)),
    ))  # fmt: skip


def _aws_application(tuning: Tuning) -> Condition:
    if tuning.aws_app_ids:
        return Leaf(("appId",), Compare.IS, tuple(sorted(listed.casefold() for listed in tuning.aws_app_ids)))
    return _each(_APPLICATION, Compare.CONTAINS, ("aws", "amazon web services"))


def _synchronisation() -> Condition:
    return AnyOf((
        Leaf(("userPrincipalName",), Compare.BEGINS, ("adtoaadsyncserviceaccount", "sync_")),
        _each(_DISPLAYED, Compare.INSIDE, ("on-premises directory synchronization",)),
        _each(_DISPLAYED, Compare.FOLDING),
        _each((("servicePrincipalName",), ("appDisplayName",)), Compare.BEGINS, ("connectsyncprovisioning_",)),
    ))  # fmt: skip


def _listed(names: Iterable[str]) -> Condition:
    """Who a policy names. A guest is also named by the address at home, a record without a name by its address: all of those pass."""
    folded = tuple(sorted({fold(name) for name in names if not _CONTROL.search(name)}))  # no name that was read has one
    if not folded:
        return AnyOf(())
    nobody = (
        Leaf(("userPrincipalName",), Compare.MISSING),
        Leaf(("userId",), Compare.MISSING),
        Leaf(("servicePrincipalId",), Compare.MISSING),
    )
    long = tuple(name[:_LONG] for name in folded if len(name) > _LONG)
    found: list[Condition] = [
        _each(_NAMES, Compare.IS, folded),
        _each(_NAMES, Compare.BEGINS, long),
        Leaf(("userPrincipalName",), Compare.CONTAINS, ("#",)),
        AllOf(nobody),
    ]
    if not all(name.isascii() for name in folded):
        found.append(_each(_NAMES, Compare.FOREIGN))
    return AnyOf(tuple(found))


_TEACH = _each(_CODES, Compare.NUMBER, ("0",))

_OF_RECORDS = (*_NAMES, *_APPLICATION, *_RISK)
_COLUMNS: dict[Path, tuple[str, ...]] = {
    **{path: (path[0][:1].upper() + path[0][1:],) for path in _OF_RECORDS},
    **{
        (name,): (name[:1].upper() + name[1:],)
        for name in (
            "userDisplayName",
            "resourceIdentity",
            "authenticationProtocol",
            "originalTransferMethod",
            "clientAppUsed",
            "userAgent",
        )
    },
    ("riskEventTypes_v2",): ("RiskEventTypes_V2",),
    ("resourceId",): ("ResourceIdentity",),  # the table's own ResourceId is Azure's id of the log
    ("status", "errorCode"): ("Status.errorCode",),
    ("resultType",): ("ResultType",),
    _ID: ("Id",),
}
_TABLE = Table(
    language="kql",
    names=("SigninLogs", "AADNonInteractiveUserSignInLogs", "AADServicePrincipalSignInLogs", "AADManagedIdentitySignInLogs"),
    columns=_COLUMNS,
    whole=("AADUserRiskEvents", "AADServicePrincipalRiskEvents"),
    id="Id",
    names_id="RequestId",
)

_OTHERS = ("eventSource", "userIdentity", "eventName", "insightDetails", "detail-type")  # another vendor's
_PROPERTIES: Path = ("properties",)
_NAMED_BY = ("id", "requestId")  # another version of the sign-in, a detection

FORMS = (
    RecordForm(
        name="sign-in as Graph shows it",
        objects=(("status",),),
        texts=(("createdDateTime",), _ID),
        absent=(*_OTHERS, "riskEventType", "detectionTimingType", "riskLastUpdatedDateTime", "type", "@odata.type", "properties"),
        vacant=(("detail",),),
        keep=_keep,
        teach=_TEACH,
        id=_ID,
        named_by=_NAMED_BY,
        tables=(_TABLE,),
    ),
    RecordForm(
        name="sign-in in a diagnostic record",
        objects=(_PROPERTIES, (*_PROPERTIES, "status")),
        texts=(("category",), (*_PROPERTIES, *_ID)),
        absent=_OTHERS,
        vacant=(("detail",),),
        kind=Leaf(("category",), Compare.CONTAINS, ("signinlogs",)),
        keep=lambda tuning: AnyOf(
            (
                within(_keep(tuning), _PROPERTIES),
                Leaf(("resultType",), Compare.NUMBER, tuple(sorted(map(str, COUNTED_CODES | CONTEXT_CODES)))),
            )
        ),
        teach=AnyOf((within(_TEACH, _PROPERTIES), Leaf(("resultType",), Compare.NUMBER, ("0",)))),
        id=(*_PROPERTIES, *_ID),
        named_by=_NAMED_BY,
    ),
)
"""A sign-in flat, and in the envelope of diagnostic settings."""
