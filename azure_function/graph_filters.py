"""The narrow questions for sign-ins: ``$filter`` terms that Microsoft documents (``eq`` on appId, resourceId, status/errorCode, ...). Pure."""

import re
from collections.abc import Iterator
from itertools import batched

from gatewatch.providers.entra import control_planes
from gatewatch.tuning import Tuning

TERMS_AT_MOST = 15
"""Terms of one ``or``: Graph refuses more for directory objects ("Max allowed: 15"); for sign-ins no limit is documented."""
WATCHED_AT_MOST = 60
"""People that are asked for by name; those beyond are in the wide stream all the same."""

RISKY = " or ".join(f"riskState eq '{state}'" for state in ("atRisk", "confirmedCompromised", "remediated", "dismissed", "confirmedSafe"))
# Stopped by a policy or by risk although the password was right. Without the codes that ask for a second factor: those are every prompt.
_BLOCKS = (50105, 50131, 53000, 53001, 53002, 53003, 53004, 53010, 53011, 530032, 530034, 530035)
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_UPN = re.compile(r"[^@\s*?\x00-\x1f\x7f-\x9f]{1,64}@[^@\s*?\x00-\x1f\x7f-\x9f]{1,255}")


def event_type(name: str) -> str:
    """The sign-ins of one of beta's kinds; without it Graph shows interactive ones."""
    return f"signInEventTypes/any(t: t eq '{name}')"


def narrow(tuning: Tuning) -> dict[str, str]:
    """Filters for what is kept, by the name of their stream; several where one would grow too long."""
    groups = {
        "control_planes": [*(f"appId eq '{id_}'" for id_ in control_planes.CLIENTS), *(f"resourceId eq '{id_}'" for id_ in control_planes.RESOURCES)],
        "watched_people": list(_people(tuning)),
        "blocked": [f"status/errorCode eq {code}" for code in _BLOCKS],
    }  # fmt: skip
    return {
        f"{name}_{number}": " or ".join(terms)
        for name, every in groups.items()
        for number, terms in enumerate(batched(every, TERMS_AT_MOST), 1)
    }


def _people(tuning: Tuning) -> Iterator[str]:
    listed = dict.fromkeys((*tuning.break_glass, *tuning.privileged_principals, *tuning.sync_accounts))
    known = [name for name in listed if _ID.fullmatch(name) or _UPN.fullmatch(name)]
    for name in known[:WATCHED_AT_MOST]:
        yield f"userId eq '{name}'" if _ID.fullmatch(name) else f"userPrincipalName eq {_quoted(name)}"


def _quoted(text: str) -> str:
    """A text as OData writes it."""
    doubled = text.replace("'", "''")
    return f"'{doubled}'"
