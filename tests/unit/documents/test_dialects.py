"""Published rules find our documents whichever spelling they use: the EQL engine says so."""

import eql
import pytest

from gatewatch import evidence as ev
from gatewatch.documents import evidence_document
from gatewatch.model import Event, Fact, Outcome
from tests.builders import aws, entra
from tests.builders.common import NOON


def login(mfa: Fact, outcome: Outcome = Outcome.SUCCESS) -> Event:
    return aws.plain_login(outcome=outcome, user_type="IAMUser", mfa_used=mfa)


def sign_in(level: str, *types: str, state: str = "atrisk") -> Event:
    return entra.sign_in(level_during=level, risk_state=state, risk_types=types)


def detection(level: str, kind: str, state: str = "atrisk") -> Event:
    return entra.detection(risk_type=kind, level=level, state=state)


SUCCESS = 'event.action == "ConsoleLogin" and event.outcome == "success"'
INTEGRATION = f"any where {SUCCESS} and aws.cloudtrail.console_login.additional_eventdata.mfa_used == false"
OLDER = (
    'any where event.action == "ConsoleLogin" and aws.cloudtrail.console_login.additional_event_data.mfa_used == "No"'
    ' and aws.cloudtrail.flattened.response_elements.ConsoleLogin == "Success"'
)
AS_TEXT = 'any where aws.cloudtrail.response_elements : "*Success*" and aws.cloudtrail.user_identity.type == "IAMUser" and ' + SUCCESS
RISK_NEW = 'any where azure.signinlogs.properties.risk_level_during_signin in ("medium", "high")'
RISK_OLD = 'any where azure.signinlogs.properties.risk_level_during_sign_in in ("medium", "high") and event.outcome == "success"'
NOT_CLOSED = ' and not azure.signinlogs.properties.risk_state in ("remediated", "dismissed", "confirmedSafe")'
DETECTED = 'any where azure.identityprotection.properties.risk_event_type == "anonymizedIPAddress"'
NOT_SAFE = ' and not azure.identityprotection.properties.risk_state in ("remediated", "dismissed", "confirmedSafe")'


@pytest.mark.parametrize(
    ("query", "event", "found"),
    [
        pytest.param(INTEGRATION, login(Fact.ABSENT), True, id="no MFA, the integration's boolean"),
        pytest.param(INTEGRATION, login(Fact.PRESENT), False, id="MFA used, the integration's boolean"),
        pytest.param(INTEGRATION, login(Fact.UNKNOWN), False, id="MFA unknown, the integration's boolean"),
        pytest.param(OLDER, login(Fact.ABSENT), True, id="no MFA, the older text"),
        pytest.param(OLDER, login(Fact.PRESENT), False, id="MFA used, the older text"),
        pytest.param(OLDER, login(Fact.UNKNOWN), False, id="MFA unknown, the older text"),
        pytest.param(OLDER, login(Fact.ABSENT, Outcome.FAILURE), False, id="a failure, the older text"),
        pytest.param(AS_TEXT, login(Fact.ABSENT), True, id="the answer as text"),
        pytest.param(RISK_NEW, sign_in("high"), True, id="risk, the integration's spelling"),
        pytest.param(RISK_OLD, sign_in("medium"), True, id="risk, the older spelling"),
        pytest.param(RISK_OLD, sign_in("low"), False, id="low risk, the older spelling"),
        pytest.param(RISK_NEW + NOT_CLOSED, sign_in("high", state="confirmedsafe"), False, id="confirmed safe, as Graph spells it"),
        pytest.param(DETECTED + NOT_SAFE, detection("low", "anonymizedIPAddress"), True, id="an anonymizer"),
        pytest.param(DETECTED + NOT_SAFE, detection("low", "anonymizedIPAddress", "confirmedsafe"), False, id="an anonymizer, safe"),
    ],
)
def test_a_rule_written_either_way(query, event, found):
    document = evidence_document(ev.make(event, fetched=None, now=NOON))
    assert bool(matches(query, document)) is found


def matches(query, document):
    engine = eql.PythonEngine()
    results = []
    engine.add_output_hook(results.append)
    with eql.parser.elasticsearch_syntax:
        engine.add_query(eql.parse_query(query))
    engine.stream_event(eql.Event("any", 0, document))
    engine.finalize()
    return results
