"""Small generated worlds of evidence: few people, few ids, and times that cluster around midnight and the edges of every window."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from gatewatch.evidence import evidence_id
from gatewatch.model import (
    AwsSignIn,
    EntraSignIn,
    Event,
    Evidence,
    Fact,
    HistoryFacts,
    Kind,
    Outcome,
    Place,
    Process,
    RiskDetection,
    Subject,
)

MIDNIGHT = datetime(2026, 11, 21, tzinfo=UTC)
TENANT, ACCOUNT = "tenant-1", "111122223333"
PEOPLE = {"u1": "alice@contoso.example", "u2": "bob@contoso.example"}
EDGES = (-180, -120, -75, -65, -60, -59, -16, -15, -14, -6, -5, -4, -1, 0, 1, 5, 14, 15, 16, 59, 60, 61, 66, 121, 181)

times = st.sampled_from([MIDNIGHT + timedelta(minutes=m) for m in EDGES] + [MIDNIGHT - timedelta(hours=20), MIDNIGHT + timedelta(hours=30)])
places = st.sampled_from(
    [Place(address=a, ip=a, country=c) for a, c in (("198.51.100.7", "DE"), ("203.0.113.9", "FR"), ("192.0.2.200", None))]
)
fetches = st.sampled_from([None, *(MIDNIGHT + timedelta(hours=h) for h in (1, 2, 3))])
users = st.sampled_from(sorted(PEOPLE))
facts = st.sampled_from([HistoryFacts(), HistoryFacts(new_country=True)])


def wrap(event: Event, fetched: datetime | None, history: HistoryFacts) -> Evidence:
    """Evidence as a worker would make it; equal events are equal evidence."""
    return Evidence(id=evidence_id(event, fetched), event=event, ingested=MIDNIGHT + timedelta(hours=40), fetched=fetched, facts=history)


@st.composite
def sign_ins(draw: st.DrawFn) -> Evidence:
    """Entra sign-ins, versions of few ids."""
    user, request = draw(users), draw(st.sampled_from(["s1", "s2", "s3"]))
    code = draw(st.sampled_from([0, 0, 0, 50126, 53003]))
    event = Event(
        kind=Kind.SIGN_IN,
        vendor_id=f"entra|{request}",
        time=draw(times),
        action="Sign-in activity",
        outcome=Outcome.SUCCESS if code == 0 else Outcome.FAILURE,
        subject=Subject.ENTRA_USER,
        account=TENANT,
        principal=user,
        person=PEOPLE[user],
        names=(user, PEOPLE[user]),
        place=draw(places),
        entra=EntraSignIn(
            sign_in_id=request,
            correlation_id=draw(st.sampled_from([None, "c1", "c2"])),
            user_id=user,
            upn=PEOPLE[user],
            error_code=code,
            level_during=draw(st.sampled_from(["none", "low", "medium", "high"])),
            risk_state=draw(st.sampled_from(["none", "atrisk", "atrisk", "dismissed", "confirmedcompromised"])),
            risk_types=draw(st.sampled_from([(), ("anonymizedIPAddress",), ("unfamiliarFeatures", "maliciousIPAddress")])),
            mfa=draw(st.sampled_from(list(Fact))),
        ),
    )
    return wrap(event, draw(fetches), draw(facts))


@st.composite
def detections(draw: st.DrawFn) -> Evidence:
    """Risk detections: with a request id, only a correlation id, or nothing."""
    user, number = draw(users), draw(st.sampled_from(["d1", "d2", "d3"]))
    event = Event(
        kind=Kind.RISK_DETECTION,
        vendor_id=f"entra-risk|{number}",
        time=draw(times),
        action="User Risk Detection",
        outcome=Outcome.UNKNOWN,
        subject=Subject.ENTRA_USER,
        account=TENANT,
        principal=user,
        person=PEOPLE[user],
        names=(user, PEOPLE[user]),
        place=draw(places),
        updated=draw(fetches),
        risk=RiskDetection(
            detection_id=number,
            request_id=draw(st.sampled_from([None, "s1", "s2", "s9"])),
            correlation_id=draw(st.sampled_from([None, "c1", "c2"])),
            user_id=user,
            upn=PEOPLE[user],
            risk_type=draw(st.sampled_from(["anonymizedIPAddress", "unlikelyTravel", "leakedCredentials"])),
            level=draw(st.sampled_from(["low", "medium", "high"])),
            state=draw(st.sampled_from(["atrisk", "atrisk", "remediated"])),
        ),
    )
    return wrap(event, draw(fetches), draw(facts))


@st.composite
def logins(draw: st.DrawFn) -> Evidence:
    """AWS console and command line logins, failures and authorizations included."""
    user, number = draw(users), draw(st.integers(1, 6))
    name = draw(st.sampled_from(["ConsoleLogin", "ConsoleLogin", "ConsoleLogin", "CreateOAuth2Token", "AuthorizeOAuth2Access"]))
    subject = draw(st.sampled_from([Subject.IAM_USER, Subject.SAML_ROLE, Subject.ROOT]))
    principal = {Subject.IAM_USER: f"iam-{user}", Subject.SAML_ROLE: f"role|{PEOPLE[user]}", Subject.ROOT: "root"}[subject]
    event = Event(
        kind=Kind.AWS,
        vendor_id=f"aws|e{number}",
        time=draw(times),
        action=name,
        outcome=draw(st.sampled_from([Outcome.SUCCESS, Outcome.SUCCESS, Outcome.FAILURE])),
        subject=subject,
        account=ACCOUNT,
        principal=principal,
        person=None if subject is Subject.ROOT else PEOPLE[user],
        names=(principal,),
        place=draw(places),
        aws=AwsSignIn(
            event_name=name,
            event_id=f"e{number}",
            mfa_used=draw(st.sampled_from(list(Fact))),
            saml_provider_arn="arn:aws:iam::111122223333:saml-provider/Entra" if subject is Subject.SAML_ROLE else None,
            oauth_client="same-device" if "OAuth" in name else None,
        ),
    )
    return wrap(event, None, draw(facts))


@st.composite
def processes(draw: st.DrawFn) -> Evidence:
    """Cloud command lines on an endpoint."""
    user, number = draw(users), draw(st.integers(1, 3))
    event = Event(
        kind=Kind.PROCESS,
        vendor_id=f"endpoint|p{number}",
        time=draw(times),
        action="start",
        outcome=Outcome.SUCCESS,
        subject=Subject.ENDPOINT_USER,
        principal=f"host-1|{user}",
        person=PEOPLE[user],
        names=(user,),
        process=Process(host_id="host-1", name="az", command_line="az login", tool="az login", obfuscated=draw(st.booleans())),
    )
    return wrap(event, None, draw(facts))


evidence = st.one_of(sign_ins(), detections(), detections(), logins(), logins(), processes())
worlds = st.lists(evidence, min_size=1, max_size=12)
