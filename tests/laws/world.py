"""Small generated worlds of evidence: few people, few ids, and times that cluster around midnight and the edges of every window."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from gatewatch.model import Event, Evidence, Fact, Outcome
from gatewatch.providers.aws.detail import AwsSubject
from tests.builders.audits import audit
from tests.builders.aws import SAML_PROVIDER, login
from tests.builders.common import at, stored
from tests.builders.endpoint import typed
from tests.builders.entra import detection, sign_in

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
PEOPLE = {"u1": "alice@contoso.example", "u2": "bob@contoso.example"}
EDGES = (-180, -120, -75, -65, -60, -59, -16, -15, -14, -6, -5, -4, -1, 0, 1, 5, 14, 15, 16, 59, 60, 61, 66, 121, 181)

times = st.sampled_from([MIDNIGHT + timedelta(minutes=m) for m in EDGES] + [MIDNIGHT - timedelta(hours=20), MIDNIGHT + timedelta(hours=30)])
places = st.sampled_from([at("198.51.100.7", country="DE"), at("203.0.113.9", country="FR"), at("192.0.2.200")])
fetches = st.sampled_from([None, *(MIDNIGHT + timedelta(hours=h) for h in (1, 2, 3))])
users = st.sampled_from(sorted(PEOPLE))


def wrap(event: Event, fetched: datetime | None) -> Evidence:
    """Evidence as a worker would make it; equal events are equal evidence."""
    return stored(event, ingested=MIDNIGHT + timedelta(hours=40), fetched=fetched)


@st.composite
def sign_ins(draw: st.DrawFn) -> Evidence:
    """Entra sign-ins, versions of few ids."""
    user = draw(users)
    code = draw(st.sampled_from([0, 0, 0, 50126, 53003]))
    event = sign_in(
        draw(st.sampled_from(["s1", "s2", "s3"])),
        at=draw(times),
        user=user,
        correlation=draw(st.sampled_from([None, "c1", "c2"])),
        outcome=Outcome.SUCCESS if code == 0 else Outcome.FAILURE,
        person=PEOPLE[user],
        upn=PEOPLE[user],
        names=(user, PEOPLE[user]),
        place=draw(places),
        error_code=code,
        level_during=draw(st.sampled_from(["none", "low", "medium", "high"])),
        risk_state=draw(st.sampled_from(["none", "atrisk", "atrisk", "dismissed", "confirmedcompromised"])),
        risk_types=draw(st.sampled_from([(), ("anonymizedIPAddress",), ("unfamiliarFeatures", "maliciousIPAddress")])),
        mfa=draw(st.sampled_from(list(Fact))),
    )
    return wrap(event, draw(fetches))


@st.composite
def detections(draw: st.DrawFn) -> Evidence:
    """Risk detections: with a request id, only a correlation id, or nothing."""
    user = draw(users)
    event = detection(
        draw(st.integers(1, 3)),
        at=draw(times),
        user=user,
        request=draw(st.sampled_from([None, "s1", "s2", "s9"])),
        correlation_id=draw(st.sampled_from([None, "c1", "c2"])),
        person=PEOPLE[user],
        upn=PEOPLE[user],
        names=(user, PEOPLE[user]),
        place=draw(places),
        updated=draw(fetches),
        risk_type=draw(st.sampled_from(["anonymizedIPAddress", "unlikelyTravel", "leakedCredentials"])),
        level=draw(st.sampled_from(["low", "medium", "high"])),
        state=draw(st.sampled_from(["atrisk", "atrisk", "remediated"])),
    )
    return wrap(event, draw(fetches))


@st.composite
def logins(draw: st.DrawFn) -> Evidence:
    """AWS console and command line logins, failures and authorizations included."""
    user = draw(users)
    name = draw(st.sampled_from(["ConsoleLogin", "ConsoleLogin", "ConsoleLogin", "CreateOAuth2Token", "AuthorizeOAuth2Access"]))
    subject = draw(st.sampled_from([AwsSubject.IAM_USER, AwsSubject.SAML_ROLE, AwsSubject.ROOT]))
    principal = {AwsSubject.IAM_USER: f"iam-{user}", AwsSubject.SAML_ROLE: f"role|{PEOPLE[user]}", AwsSubject.ROOT: "root"}[subject]
    event = login(
        draw(st.integers(1, 6)),
        at=draw(times),
        action=name,
        event_name=name,
        outcome=draw(st.sampled_from([Outcome.SUCCESS, Outcome.SUCCESS, Outcome.FAILURE])),
        subject=subject,
        principal=principal,
        person=None if subject == AwsSubject.ROOT else PEOPLE[user],
        names=(principal,),
        place=draw(places),
        mfa_used=draw(st.sampled_from(list(Fact))),
        saml_provider_arn=SAML_PROVIDER if subject == AwsSubject.SAML_ROLE else None,
        oauth_client="same-device" if "OAuth" in name else None,
    )
    return wrap(event, None)


@st.composite
def processes(draw: st.DrawFn) -> Evidence:
    """Cloud command lines on an endpoint."""
    user = draw(users)
    event = typed(
        number=draw(st.integers(1, 3)),
        time=draw(times),
        principal=f"host-1|{user}",
        person=PEOPLE[user],
        names=(user,),
        obfuscated=draw(st.booleans()),
    )
    return wrap(event, None)


_AUDITED = st.sampled_from(["User registered security info", "Add application", "Reset password"])
_HALF_A_DAY = st.sampled_from([0, 719, 720, 721])


@st.composite
def audits(draw: st.DrawFn) -> Evidence:
    """Changes in the directory, also at the edges of the twelve hours for which they are shown."""
    user = draw(users)
    event = audit(
        draw(st.integers(1, 4)),
        at=draw(times) + timedelta(minutes=draw(_HALF_A_DAY)),
        user=user,
        person=PEOPLE[user],
        activity=draw(_AUDITED),
        outcome=draw(st.sampled_from(list(Outcome))),
    )
    return wrap(event, None)


evidence = st.one_of(sign_ins(), detections(), detections(), logins(), logins(), processes(), audits())
worlds = st.lists(evidence, min_size=1, max_size=12)
