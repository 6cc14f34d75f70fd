"""What familiarity learns of an Entra sign-in."""

from typing import Any

import pytest

from gatewatch.model import Fact
from gatewatch.providers.entra.detail import Device
from gatewatch.providers.entra.features import features
from tests.builders.common import having
from tests.builders.entra import detection, sign_in

CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
PLACE = {"country": "DE", "network": "198.51.100.0/24"}
CLIENT = {"client": "azure-portal"}

FOUND = [
    pytest.param({}, {**PLACE, **CLIENT}, id="place and client"),
    pytest.param({"app_id": "a-1"}, {**PLACE, **CLIENT, "application": "a-1"}, id="application"),
    pytest.param({"app_id": CLI, "client": CLI}, {**PLACE, "application": CLI}, id="the client of a command line is its application"),
    pytest.param({"device": Device(device_id="d-1")}, {**PLACE, **CLIENT, "device": "d-1"}, id="device"),
    pytest.param({"protocol": "devicecode"}, {**PLACE, **CLIENT, "protocol": "device code"}, id="device code"),
    pytest.param({"transfer_method": "devicecodeflow"}, {**PLACE, **CLIENT, "protocol": "device code"}, id="redemption"),
    pytest.param({"protocol": "ropc"}, {**PLACE, **CLIENT, "protocol": "password alone"}, id="password grant"),
    pytest.param({"protocol": "oauth2"}, {**PLACE, **CLIENT}, id="an ordinary protocol is no feature"),
    pytest.param(
        {"interactive": Fact.ABSENT, "credential_type": "clientsecret"}, CLIENT, id="a confidential client carries another address"
    ),
    pytest.param({"interactive": Fact.ABSENT, "credential_type": "none"}, {**PLACE, **CLIENT}, id="a public client carries its own"),
    pytest.param({"interactive": Fact.PRESENT, "credential_type": "clientsecret"}, {**PLACE, **CLIENT}, id="an interactive sign-in too"),
    pytest.param(
        {"interactive": Fact.ABSENT, "credential_type": "clientsecret", "stream": "serviceprincipal"},
        {**PLACE, **CLIENT},
        id="a workload too",
    ),
]


@pytest.mark.parametrize(("changes", "expected"), FOUND)
def test_features(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert dict(features(having(sign_in(), **changes))) == expected


def test_a_detection_has_no_application() -> None:
    assert "application" not in dict(features(detection()))
