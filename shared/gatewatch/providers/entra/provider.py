"""The provider record of Entra ID."""

from collections.abc import Mapping
from datetime import timedelta

from ...model import Event, Fact
from ..phrases import who
from ..provider import ContextPart, DocumentPart, Provider, SavedSearch, TextPart, Versioning
from . import audit_text, document, features, fields, forms, links, raw_samples, session, text
from .circumstances import circumstances
from .closure import closed, confirmed
from .completion import complete
from .detail import DirectoryAudit, EntraSignIn, RiskDetection, risk_of, sign_in_of
from .dialects import DIALECTS
from .flows import is_workload, redeems_a_device_code
from .keep import changing, keep, limit, silent, teaches
from .link import SAME_ADDRESS_WITHIN, activities
from .placeholders import placeholders
from .probe import PROBES
from .probe_audit import PROBE as AUDIT
from .probe_detection import PROBE as DETECTION
from .recognise import IGNORE_REASONS, recognise
from .rules import RULES
from .steps import FIRST_STEPS


def _attributes(event: Event) -> Mapping[str, str]:
    sign_in = sign_in_of(event)
    return {"app_id": sign_in.app_id} if sign_in is not None and sign_in.app_id else {}


def _asked_in_person(event: Event) -> bool:
    """Whether a person signed in by hand: programs have no second factor, and what is not interactive goes on with an earlier one."""
    sign_in = sign_in_of(event)
    return sign_in is not None and not sign_in.synthetic and not is_workload(sign_in) and sign_in.interactive is not Fact.ABSENT


def _mfa(event: Event) -> Fact | None:
    sign_in = sign_in_of(event)
    return sign_in.mfa if sign_in is not None else None


PROVIDER = Provider(
    name="entra",
    details=(EntraSignIn, RiskDetection, DirectoryAudit),
    recognise=recognise,
    ignore_reasons=IGNORE_REASONS,
    dialects=DIALECTS,
    probes=(*PROBES, DETECTION, AUDIT),
    keep=keep,
    forms=forms.FORMS,
    limit=limit,
    versioning=Versioning(changing=changing, closed=closed, confirmed=confirmed, silent=silent, complete=complete),
    links=links.tokens,
    mentions=links.mentions,
    wants=links.wanted,
    features=features.features,
    teaches=teaches,
    habitual=redeems_a_device_code,
    activities=activities,
    linking_reach=SAME_ADDRESS_WITHIN,
    links_loosely=lambda event: risk_of(event) is not None,
    related=None,
    context=ContextPart(details=(DirectoryAudit,), says=audit_text.said, before=timedelta(minutes=15), after=timedelta(hours=12)),
    circumstances=circumstances,
    attributes=_attributes,
    guarded=lambda _activity: False,
    mfa=_mfa,
    second_factor_applies=_asked_in_person,
    document=DocumentPart(
        category="authentication",
        fields=document.fields,
        linked_fields=document.linked_fields,
        names=document.names,
        hosts=lambda _event: (),
        namespaces=("azure.",),
        mapping=fields.mapping,
    ),
    text=TextPart(
        name=who,
        identity=text.identity,
        role=text.role,
        used=text.used,
        result=text.result,
        mfa=text.mfa,
        risk=text.risk,
        device=text.device,
        noun=text.noun,
        has_address=True,
    ),
    account_label="Entra tenant",
    first_steps=FIRST_STEPS,
    lookups=links.lookups,
    opens=session.opens,
    traces=session.trace,
    placeholders=placeholders,
    links_for_people=links.links_for_people,
    saved_searches=(
        SavedSearch("entra_risky_signin", "Risky sign-ins", "Successful Entra sign-ins with open risk or through an anonymizer."),
    ),
    rules=RULES,
    samples=raw_samples.samples,
)
