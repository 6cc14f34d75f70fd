"""What the statements of a resource's policy admit, as far as a look can tell: names and wildcards are compared, conditions are read where they are known."""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Any

type Statement = Mapping[str, Any]


def allows(statements: Iterable[Statement], action: str) -> list[Statement]:
    """The statements that allow the action, also by a wildcard."""
    return [one for one in statements if one.get("Effect") == "Allow" and _names(one, action)]


def denied(statements: Iterable[Statement], action: str) -> bool:
    """Whether a statement denies the action whatever the request: an allowance beside it is worth nothing. Denials with a condition are not judged."""
    return any(one.get("Effect") == "Deny" and _names(one, action) and not one.get("Condition") for one in statements)


def everybody(statement: Statement) -> bool:
    """Whether it names every principal, and no condition leaves any of them out."""
    principal = statement.get("Principal")
    anyone = principal == "*" or (isinstance(principal, dict) and "*" in listed(principal.get("AWS")))
    values = [value for of in _conditions(statement).values() for value in of]
    return anyone and all(value in {"*", "o-*"} for value in values)


def organizations(statement: Statement) -> list[str]:
    """The organisations whose principals it names. IAM does not distinguish the case of a condition's key."""
    return [
        value
        for (operator, key), of in _conditions(statement).items()
        if key == "aws:principalorgid" and "Not" not in operator
        for value in of
    ]


def services(statement: Statement) -> list[str]:
    """The services that it names as principals."""
    principal = statement.get("Principal")
    return listed(principal.get("Service")) if isinstance(principal, dict) else []


def admits_source(statement: Statement, arn: str) -> bool:
    """Whether it admits what comes from this ARN: its condition names it, or it has none about the source."""
    patterns = [of for (operator, key), of in _conditions(statement).items() if key == "aws:sourcearn" and "Not" not in operator]
    return all(any(fnmatchcase(arn, pattern) for pattern in of) for of in patterns)


def listed(value: object) -> list[str]:
    """A value of a policy, which is a text or a list of texts."""
    return [str(one) for one in value] if isinstance(value, list) else [] if value is None else [str(value)]


def _names(statement: Statement, action: str) -> bool:
    return any(fnmatchcase(action.casefold(), one.casefold()) for one in listed(statement.get("Action")))


def _conditions(statement: Statement) -> dict[tuple[str, str], list[str]]:
    """Operator and key (in small letters) to values."""
    found = statement.get("Condition")
    if not isinstance(found, dict):
        return {}
    return {
        (operator, key.casefold()): listed(value) for operator, of in found.items() if isinstance(of, dict) for key, value in of.items()
    }
