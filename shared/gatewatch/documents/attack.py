"""MITRE ATT&CK (v18.1) as ECS ``threat.*``."""

from collections.abc import Iterable

from ..providers.ecs import Flat, unique

_SITE = "https://attack.mitre.org"

TACTICS = {
    "TA0001": "Initial Access",
    "TA0002": "Execution",
    "TA0003": "Persistence",
    "TA0005": "Defense Evasion",
    "TA0006": "Credential Access",
    "TA0008": "Lateral Movement",
    "TA0011": "Command and Control",
}

# id: name, and the tactic it serves here.
TECHNIQUES = {
    "T1021": ("Remote Services", "TA0008"),
    "T1021.007": ("Cloud Services", "TA0008"),
    "T1078": ("Valid Accounts", "TA0001"),
    "T1078.001": ("Default Accounts", "TA0001"),
    "T1078.004": ("Cloud Accounts", "TA0001"),
    "T1059": ("Command and Scripting Interpreter", "TA0002"),
    "T1059.009": ("Cloud API", "TA0002"),
    "T1090": ("Proxy", "TA0011"),
    "T1090.003": ("Multi-hop Proxy", "TA0011"),
    "T1098": ("Account Manipulation", "TA0003"),
    "T1110": ("Brute Force", "TA0006"),
    "T1110.001": ("Password Guessing", "TA0006"),
    "T1110.003": ("Password Spraying", "TA0006"),
    "T1528": ("Steal Application Access Token", "TA0006"),
    "T1539": ("Steal Web Session Cookie", "TA0006"),
    "T1550": ("Use Alternate Authentication Material", "TA0008"),
    "T1550.001": ("Application Access Token", "TA0008"),
    "T1552": ("Unsecured Credentials", "TA0006"),
    "T1552.005": ("Cloud Instance Metadata API", "TA0006"),
    "T1556": ("Modify Authentication Process", "TA0006"),
    "T1556.006": ("Multi-Factor Authentication", "TA0006"),
    "T1562": ("Impair Defenses", "TA0005"),
    "T1562.008": ("Disable or Modify Cloud Logs", "TA0005"),
    "T1606": ("Forge Web Credentials", "TA0006"),
    "T1606.002": ("SAML Tokens", "TA0006"),
    "T1621": ("Multi-Factor Authentication Request Generation", "TA0006"),
}


def threat(ids: Iterable[str]) -> Flat:
    """The ECS ``threat.*`` fields: arrays that run in parallel; an id we do not know keeps its id as its name."""
    known = unique(*ids)
    if not known:
        return {}
    tactics = unique(*(TECHNIQUES[i][1] for i in known if i in TECHNIQUES))
    techniques = unique(*(i.split(".")[0] for i in known))
    children = [i for i in known if "." in i]
    return {
        "threat.framework": "MITRE ATT&CK",
        **_three("threat.tactic", tactics, [TACTICS[i] for i in tactics], "tactics"),
        **_three("threat.technique", techniques, [_name(i) for i in techniques], "techniques"),
        **_three("threat.technique.subtechnique", children, [_name(i) for i in children], "techniques"),
    }


def _name(technique: str) -> str:
    return TECHNIQUES.get(technique, (technique, ""))[0]


def _three(base: str, ids: list[str], names: list[str], kind: str) -> Flat:
    pages = [f"{_SITE}/{kind}/{i.replace('.', '/')}/" for i in ids]
    return {f"{base}.id": ids, f"{base}.name": names, f"{base}.reference": pages}
