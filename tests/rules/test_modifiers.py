"""Each circumstance alone, with the facts that must not count."""

import pytest

from gatewatch.model import Fact
from gatewatch.providers.aws.samples import console_login
from gatewatch.providers.endpoint.samples import process
from gatewatch.providers.entra.samples import blocked_sign_in, detection, sign_in, with_detections
from gatewatch.scoring.modifiers import circumstances
from gatewatch.tuning import Tuning
from gatewatch.tuning.networks import in_network

AZURE_CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
ALICE = Tuning(privileged_principals=("Alice@Contoso.com",))
OFFICE = Tuning(known_networks=("203.0.113.0/24", "198.51.100.0/24"))
RISKY = {"level_during": "medium"}
JOINED = {"compliant": Fact.PRESENT, "trust_type": "AzureAd"}


def named(activity, tuning=None):
    return {modifier.name: modifier.points for modifier in circumstances(activity, tuning or Tuning())}


def renamed(name):
    return sign_in(user_name=name, upn=name, person=name.casefold(), names=(name,))


PRESENT = [
    pytest.param(sign_in(), ALICE, {"privileged principal": 15}, id="privileged in Entra"),
    pytest.param(console_login(), Tuning(privileged_principals=("ANAYA",)), {"privileged principal": 15}, id="privileged in AWS"),
    pytest.param(
        console_login(), Tuning(privileged_principals=("arn:aws:iam::111122223333:user/anaya",)), {"privileged principal": 15}, id="by ARN"
    ),
    pytest.param(console_login(names=()), Tuning(privileged_principals=("anaya",)), {"privileged principal": 15}, id="by person"),
    pytest.param(
        sign_in(names=(), person=None),
        Tuning(privileged_principals=(sign_in().event.principal,)),
        {"privileged principal": 15},
        id="by principal",
    ),
    pytest.param(console_login(firsts=("country",)), Tuning(), {"new country": 10}, id="new country"),
    pytest.param(console_login(firsts=("network",)), Tuning(), {"new ASN or client": 5}, id="new ASN"),
    pytest.param(console_login(firsts=("client",)), Tuning(), {"new ASN or client": 5}, id="new client"),
    pytest.param(
        console_login(firsts=("client", "country", "network")),
        Tuning(),
        {"new country": 10, "new ASN or client": 5},
        id="all that is new: ASN and client count once",
    ),
    pytest.param(sign_in(app_id=AZURE_CLI.upper()), Tuning(), {"cloud CLI application": 10}, id="cloud CLI application"),
    pytest.param(sign_in(protocol="deviceCode"), Tuning(), {"device code or ROPC": 10}, id="device code"),
    pytest.param(sign_in(protocol="ropc"), Tuning(), {"device code or ROPC": 10}, id="ROPC"),
    pytest.param(sign_in(protocol="Resource Owner Password Credentials"), Tuning(), {"device code or ROPC": 10}, id="ROPC, spelled out"),
    pytest.param(sign_in(user_agent="BAV2ROPC"), Tuning(), {"device code or ROPC": 10}, id="the user agent of ROPC"),
    pytest.param(sign_in(client_app="Device Code Flow"), Tuning(), {"device code or ROPC": 10}, id="the client says device code"),
    pytest.param(sign_in(interactive=Fact.ABSENT, **RISKY), Tuning(), {"non-interactive and risky": 5}, id="non-interactive, medium"),
    pytest.param(
        sign_in(interactive=Fact.ABSENT, risk_types=("anonymizedIPAddress",)), Tuning(), {"non-interactive and risky": 5}, id="anonymized"
    ),
    pytest.param(
        sign_in(interactive=Fact.ABSENT, risk_state="confirmedcompromised"), Tuning(), {"non-interactive and risky": 5}, id="confirmed"
    ),
    pytest.param(sign_in(risk_types=("unlikelyTravel", "newCountry")), Tuning(), {"two or more risk types": 5}, id="two risk types"),
    pytest.param(
        with_detections(sign_in(risk_types=("unlikelyTravel",)), detection(risk_type="newCountry")),
        Tuning(),
        {"two or more risk types": 5},
        id="one from the sign-in, one from its detection",
    ),
    pytest.param(process(obfuscated=True), Tuning(), {"obfuscated command line": 10}, id="obfuscated"),
    pytest.param(console_login(), OFFICE, {"known network": -10}, id="known network"),
    pytest.param(console_login(ip="2001:db8::7"), Tuning(known_networks=("2001:db8::/32",)), {"known network": -10}, id="IPv6"),
    pytest.param(sign_in(**JOINED), Tuning(), {"compliant joined device": -20}, id="Entra joined"),
    pytest.param(
        sign_in(compliant=Fact.PRESENT, trust_type="Azure AD joined"), Tuning(), {"compliant joined device": -20}, id="display name"
    ),
    pytest.param(
        sign_in(compliant=Fact.PRESENT, trust_type="Hybrid Azure AD joined"), Tuning(), {"compliant joined device": -20}, id="hybrid joined"
    ),
    pytest.param(sign_in(compliant=Fact.PRESENT, trust_type="ServerAd"), Tuning(), {"compliant joined device": -20}, id="hybrid, old name"),
    pytest.param(
        sign_in(compliant=Fact.PRESENT, trust_type="Microsoft Entra hybrid joined"),
        Tuning(),
        {"compliant joined device": -20},
        id="hybrid, new name",
    ),
    pytest.param(sign_in(compliant=Fact.PRESENT, trust_type="Entra joined"), Tuning(), {"compliant joined device": -20}, id="short name"),
    pytest.param(sign_in(compliant=Fact.PRESENT, trust_type="Entra ID joined"), Tuning(), {"compliant joined device": -20}, id="Entra ID"),
    pytest.param(
        sign_in(compliant=Fact.PRESENT, trust_type="Microsoft Entra joined"),
        Tuning(),
        {"compliant joined device": -20},
        id="joined, new name",
    ),
    pytest.param(renamed("\u0430lice@contoso.com"), Tuning(), {"mixed-script identity": 10}, id="Cyrillic a in alice"),
    pytest.param(renamed("alic\u0435"), Tuning(), {"mixed-script identity": 10}, id="Latin first"),
    pytest.param(renamed("\u03b1lice"), Tuning(), {"mixed-script identity": 10}, id="Greek"),
    pytest.param(renamed("\u0561lice"), Tuning(), {"mixed-script identity": 10}, id="Armenian"),
    pytest.param(renamed("\u13aalice"), Tuning(), {"mixed-script identity": 10}, id="Cherokee"),
    pytest.param(renamed("bob@c\u043entoso.com"), Tuning(), {"mixed-script identity": 10}, id="in the domain"),
    pytest.param(renamed("al\u200bi\u0441e"), Tuning(), {"mixed-script identity": 10}, id="an invisible character does not part a label"),
    pytest.param(renamed("a7\u0441e"), Tuning(), {"mixed-script identity": 10}, id="nor does a digit"),
    pytest.param(renamed("a\u0301\u0441e"), Tuning(), {"mixed-script identity": 10}, id="nor does an accent"),
    pytest.param(renamed("\uff41\u0441"), Tuning(), {"mixed-script identity": 10}, id="full-width Latin is Latin"),
    pytest.param(sign_in(person="\u0430lice"), Tuning(), {"mixed-script identity": 10}, id="in the person alone"),
    pytest.param(sign_in(names=("\u0430lice",)), Tuning(), {"mixed-script identity": 10}, id="in another name alone"),
    pytest.param(console_login(user_name="\u0430naya"), Tuning(), {"mixed-script identity": 10}, id="in AWS"),
]


@pytest.mark.parametrize(("activity", "tuning", "expected"), PRESENT)
def test_a_fact_counts(activity, tuning, expected):
    assert named(activity, tuning) == expected


ABSENT = [
    pytest.param(sign_in(), Tuning(), id="nothing at all"),
    pytest.param(console_login(), Tuning(), id="nothing in AWS"),
    pytest.param(process(), Tuning(), id="nothing on the endpoint"),
    pytest.param(sign_in(), Tuning(privileged_principals=("bob",)), id="another is privileged"),
    pytest.param(sign_in(names=(), person=None), Tuning(privileged_principals=(" ",)), id="a blank name is nobody"),
    pytest.param(
        sign_in(app_id="c44b4083-3bb0-49c1-b47d-974e53cbdf3c", app_name="Microsoft Azure CLI"), Tuning(), id="the name lies, the id counts"
    ),
    pytest.param(sign_in(app_id=None), Tuning(), id="no application"),
    pytest.param(sign_in(protocol="oauth2", client_app="Browser"), Tuning(), id="browser"),
    pytest.param(sign_in(interactive=Fact.ABSENT), Tuning(), id="non-interactive without risk"),
    pytest.param(sign_in(interactive=Fact.ABSENT, level_during="low"), Tuning(), id="non-interactive at low risk"),
    pytest.param(sign_in(interactive=Fact.UNKNOWN, **RISKY), Tuning(), id="nobody says whether it was interactive"),
    pytest.param(sign_in(risk_types=("unlikelyTravel",)), Tuning(), id="one risk type"),
    pytest.param(sign_in(risk_types=("unlikelyTravel", "UNLIKELYTRAVEL ")), Tuning(), id="one risk type in two spellings"),
    pytest.param(sign_in(risk_types=("impossibleTravel", "mcasImpossibleTravel")), Tuning(), id="one risk type under two names"),
    pytest.param(sign_in(risk_types=("newCountry", "unknownFutureValue", "none", "")), Tuning(), id="what is no type does not count"),
    pytest.param(console_login(ip="192.0.2.1"), OFFICE, id="another network"),
    pytest.param(console_login(ip=None, address="198.51.100.23"), OFFICE, id="no address of an IP kind"),
    pytest.param(console_login(ip="2001:db8::7"), OFFICE, id="another version"),
    pytest.param(console_login(ip="not an address"), OFFICE, id="not an address"),
    pytest.param(console_login(), Tuning(known_networks=("everywhere",)), id="not a network"),
    pytest.param(sign_in(compliant=Fact.PRESENT, trust_type="Workplace"), Tuning(), id="registered only"),
    pytest.param(sign_in(compliant=Fact.PRESENT, trust_type="Azure AD registered"), Tuning(), id="registered only, display name"),
    pytest.param(sign_in(compliant=Fact.PRESENT), Tuning(), id="trust unknown"),
    pytest.param(sign_in(compliant=Fact.UNKNOWN, trust_type="AzureAd"), Tuning(), id="compliance unknown"),
    pytest.param(sign_in(compliant=Fact.ABSENT, trust_type="AzureAd"), Tuning(), id="not compliant"),
    pytest.param(renamed("\u0438\u0432\u0430\u043d"), Tuning(), id="all Cyrillic"),
    pytest.param(renamed("\u0438\u0432\u0430\u043d@contoso.com"), Tuning(), id="Cyrillic name, Latin domain: two labels"),
    pytest.param(renamed("\u0438\u0432\u0430\u043d_smith"), Tuning(), id="two labels"),
    pytest.param(renamed("j\u00fcrgen"), Tuning(), id="Latin with an accent"),
    pytest.param(renamed("\u5f20\u4f1fzhang"), Tuning(), id="scripts that do not look alike"),
    pytest.param(sign_in(display_name="\u0430lice"), Tuning(), id="a display name is no identity"),
]


@pytest.mark.parametrize(("activity", "tuning"), ABSENT)
def test_no_fact_no_points(activity, tuning):
    assert named(activity, tuning) == {}


def test_a_blocked_sign_in_carries_its_circumstances_too():
    assert named(blocked_sign_in(app_id=AZURE_CLI)) == {"cloud CLI application": 10}


def test_a_user_level_detection_knows_no_application():
    assert named(detection(risk_type="leakedCredentials")) == {}


@pytest.mark.parametrize(
    ("ip", "cidr", "inside"),
    [
        pytest.param("198.51.100.0", "198.51.100.0/24", True, id="first"),
        pytest.param("198.51.100.255", "198.51.100.0/24", True, id="last"),
        pytest.param("198.51.101.0", "198.51.100.0/24", False, id="next"),
        pytest.param("198.51.100.9", " 198.51.100.7/24 ", True, id="host bits and blanks do not matter here"),
        pytest.param(None, "198.51.100.0/24", False, id="unknown"),
        pytest.param("AWS Internal", "198.51.100.0/24", False, id="not an address"),
        pytest.param("198.51.100.9", "office", False, id="not a network"),
        pytest.param("2001:db8::1", "198.51.100.0/24", False, id="another version"),
    ],
)
def test_networks(ip, cidr, inside):
    assert in_network(ip, cidr) is inside
