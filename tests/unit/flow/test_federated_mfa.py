"""The MFA verdict of a federated AWS login works with the default tuning."""

from typing import Any, Literal

import pytest

from gatewatch.flow.pipeline import process
from gatewatch.model import RawRecord
from gatewatch.ports import AlertQuery, Ports
from gatewatch.stores.memory import MemoryStore
from gatewatch.tuning import Tuning
from tests.builders.aws import federated_record
from tests.builders.common import MORNING, written
from tests.builders.entra import TENANT, sign_in_record

CARLA = "carla@contoso.example"
CALM = {"riskLevelDuringSignIn": "none", "riskLevelAggregated": "none", "riskState": "none"}


def step(method: str) -> dict[str, Any]:
    return {"succeeded": True, "authenticationMethod": method, "authenticationStepRequirement": "Primary authentication"}


def to_aws(method: str, **changes: Any) -> RawRecord:
    """A clean sign-in to an application that is called AWS; Entra required a single factor."""
    fields = {
        "createdDateTime": written(-1),
        "userPrincipalName": CARLA,
        "appId": "5c000009-0000-4000-8000-000000000009",
        "appDisplayName": "AWS Contoso",
        "authenticationRequirement": "singleFactorAuthentication",
        "authenticationDetails": [step(method)],
    }
    return RawRecord(data=sign_in_record(**{**CALM, **fields, **changes}), tenant=TENANT)


def rules(said: Literal["correlate", "alert"], *records: RawRecord) -> list[str]:
    """The rules of the alerts after the sign-ins and a SAML login with MFAUsed No a minute later."""
    ports = Ports(store=MemoryStore(), clock=lambda: MORNING, tuning=Tuning(federated_no_mfa=said))
    process([*records, RawRecord(data=federated_record(CARLA, eventTime=written(0)))], ports)
    return [alert.snapshot.rule for alert in ports.store.search(AlertQuery())]


@pytest.mark.parametrize("said", ["correlate", "alert"])
def test_a_security_key_satisfies_mfa(said: Literal["correlate", "alert"]) -> None:
    assert rules(said, to_aws("FIDO2 security key")) == []


def test_a_password_does_not() -> None:
    assert rules("alert", to_aws("Password")) == ["aws_console_login_no_mfa"]
    assert rules("alert") == ["aws_console_login_no_mfa"]
    assert rules("correlate", to_aws("Password")) == []
