"""Okta as a provider."""

from datetime import timedelta

from ...model import Event
from ..answers import plain_result
from ..ecs import Flat, unique
from ..features import sign_in_features
from ..field import rows
from ..phrases import who
from ..provider import DocumentPart, Link, Provider, Sample, TextPart, Versioning
from ..versions import plain
from .detail import OktaSignIn, okta_of
from .reader import NOT_A_SIGN_IN, recognise
from .rules import RULES

_FIELDS = rows("gatewatch", "okta.uuid keyword Id of the System Log event")


def _fields(event: Event) -> Flat:
    okta = okta_of(event)
    return {"event.provider": "okta", "event.id": okta.uuid if okta else None, "okta.uuid": okta.uuid if okta else None}


def _samples() -> tuple[Sample, ...]:
    record = {
        "uuid": "9b2f0001",
        "eventType": "user.session.start",
        "published": "2026-11-20T12:00:00Z",
        "org": "acme",
        "actor": {"alternateId": "alice@contoso.com"},
        "client": {"ipAddress": "198.51.100.77", "userAgent": {"rawUserAgent": "Mozilla/5.0 Chrome/142.0.0.0"}},
        "outcome": {"result": "SUCCESS"},
        "debugContext": {"risk": "HIGH"},
    }
    ended = record | {"uuid": "9b2f0002", "eventType": "user.session.end"}
    return (
        Sample(name="a risky session start", record=record, account="acme"),
        Sample(name="the end of a session", record=ended, account="acme", ignored=NOT_A_SIGN_IN),
    )


PROVIDER = Provider(
    name="okta",
    details=(OktaSignIn,),
    recognise=recognise,
    ignore_reasons=frozenset({NOT_A_SIGN_IN}),
    keep=lambda _event, _tuning: None,
    versioning=Versioning(changing=lambda _event: None, closed=lambda _event, _tuning: False, confirmed=lambda _event: False),
    links=lambda _event: (),
    wants=lambda _event: None,
    features=sign_in_features,
    teaches=lambda event: isinstance(event.detail, OktaSignIn),
    activities=plain,
    linking_reach=timedelta(),
    related=None,
    circumstances=lambda _activity, _tuning: (),
    attributes=lambda _event: {},
    guarded=lambda _activity: False,
    mfa=lambda _event: None,
    document=DocumentPart(
        category="authentication",
        fields=_fields,
        linked_fields=lambda _activity: {},
        names=lambda event: unique(event.user_name),
        hosts=lambda _event: (),
        namespaces=("okta.",),
        mapping=lambda: _FIELDS,
    ),
    text=TextPart(
        name=who,
        identity=lambda _event: None,
        role=lambda _event: "Okta user",
        used=lambda _event: "Okta session",
        result=plain_result,
        mfa=lambda _activity: "",
        risk=lambda _activity: "",
        has_address=True,
    ),
    account_label="Okta organisation",
    first_steps=("Ask the person on another channel.", "Clear the person's Okta sessions."),
    lookups=lambda event: (f"Read the event: GET https://acme.okta.com/api/v1/logs/{okta.uuid}",) if (okta := okta_of(event)) else (),
    links_for_people=lambda _event: (Link("Okta System Log", "https://acme-admin.okta.com/report/system_log_2"),),
    rules=RULES,
    samples=_samples,
)
