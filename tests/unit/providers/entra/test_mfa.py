"""Which property of a sign-in proves a second factor, how far each is read, and what is said of a word that nobody knows."""

from typing import Any

import pytest

from gatewatch.model import Fact, Outcome
from gatewatch.providers.entra.mfa import mfa
from gatewatch.reading.fields import Fields, Notes

SATISFIED = "MFA requirement satisfied by claim in the token"


def decided(outcome: Outcome = Outcome.SUCCESS, status: str | None = None, **properties: Any) -> tuple[Fact, tuple[str, ...]]:
    """The fact, and what is noted beside it."""
    notes = Notes()
    found = mfa(Fields(properties), Fields({"additionalDetails": status}), outcome, notes)
    return found, notes.quality


def step(**fields: Any) -> list[dict[str, Any]]:
    return [{"succeeded": True, **fields}]


def certificate(length: int) -> str:
    """A method of so many characters that is two factors by its last word."""
    return f"X.509 certificate{'.' * (length - 29)}multi-factor"


PROOFS = [
    pytest.param({"authenticationRequirement": "multiFactorAuthentication"}, id="the requirement"),
    pytest.param({"status": SATISFIED}, id="the status"),
    pytest.param({"mfaDetail": {"authMethod": "Authenticator"}}, id="the method"),
    pytest.param({"mfaDetail": {"authDetail": "+1"}}, id="the detail of the method"),
    pytest.param({"authenticationDetails": step(authenticationStepResultDetail=SATISFIED)}, id="the result of a step"),
    pytest.param({"authenticationDetails": step(authenticationMethodDetail=SATISFIED, succeeded=False)}, id="the detail of a step"),
    pytest.param({"authenticationDetails": step(authenticationStepRequirement="multiFactor")}, id="what a step asked for"),
    pytest.param({"authenticationDetails": step(authenticationStepRequirement="Secondary authentication")}, id="the second step"),
    pytest.param({"authenticationDetails": step(authenticationMethod="FIDO2 security key")}, id="a key with its PIN"),
    pytest.param({"authenticationDetails": [*step() * 63, *step(authenticationMethod="passkey")]}, id="the 64th step"),
    pytest.param({"authenticationDetails": step(authenticationMethod=certificate(128))}, id="a method of 128 characters"),
    pytest.param({"status": "MFA completed".rjust(512, ".")}, id="a text of 512 characters"),
]
NO_PROOFS = [
    pytest.param({"status": "MFA required"}, id="a status that says less"),
    pytest.param({"authenticationDetails": step(authenticationMethod="Password")}, id="a password"),
    pytest.param({"authenticationDetails": step(authenticationMethod="passkey", succeeded=False)}, id="a step that failed"),
    pytest.param({"authenticationDetails": [*step() * 64, *step(authenticationMethod="passkey")]}, id="the 65th step"),
    pytest.param({"authenticationDetails": step(authenticationMethod=certificate(129))}, id="a method of 129 characters"),
    pytest.param({"status": "MFA completed".rjust(513, ".")}, id="a text of 513 characters"),
]


@pytest.mark.parametrize("properties", PROOFS)
def test_a_proof_is_a_second_factor_whatever_was_required(properties: dict[str, Any]) -> None:
    assert decided(**{"authenticationRequirement": "singleFactorAuthentication", **properties}) == (Fact.PRESENT, ())
    assert decided(Outcome.FAILURE, **properties) == (Fact.UNKNOWN, ())


@pytest.mark.parametrize("properties", NO_PROOFS)
def test_without_a_proof_the_requirement_decides(properties: dict[str, Any]) -> None:
    assert decided(**properties) == (Fact.UNKNOWN, ())
    assert decided(**properties, authenticationRequirement="singleFactorAuthentication") == (Fact.ABSENT, ())
    assert decided(**properties, authenticationRequirement="quantum") == (Fact.UNKNOWN, ("unknown_enum",))
