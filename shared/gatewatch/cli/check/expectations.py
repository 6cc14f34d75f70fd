"""Compares a case's expectations with its actual result. Every key that ``expect`` may hold has a comparison or a reason for none."""

from collections.abc import Callable

from ...model import Severity
from .actual import ActualResult
from .invariants import INVARIANTS

type Comparison = Callable[[object, ActualResult], list[str]]
"""The differences between what one key expects and the actual result, in words; none if the expectation holds."""

EQUAL = (
    "fire", "rule", "severity", "score", "alerts", "notifications", "event_count", "suppressed", "notified", "record", "data_quality",
    "final_status", "person", "config_error", "no_crash",
)  # fmt: skip
INSTRUCTIONS = frozenset({"expand", "now"})  # these control the run and expect nothing; cases.py reads them
_SEVERITIES = tuple(severity.value for severity in Severity)


def differences(actual: ActualResult) -> list[str]:
    """Every difference between the case's expectations and its actual result."""
    found: list[str] = []
    for key, expected in actual.case.expect.items():
        if key in _COMPARISONS:
            found += _COMPARISONS[key](expected, actual)
        elif key in EQUAL:
            found += _equal(key, expected, actual.values[key])
        elif key not in INSTRUCTIONS:
            found.append(f"unknown expectation {key!r}")
    return found


def unsupported_invariants(expect: dict[str, object]) -> tuple[str, ...]:
    """The invariants that no check of this version stands for."""
    return tuple(text for text in _texts(expect.get("invariants")) or () if text not in INVARIANTS)


def _equal(key: str, expected: object, actual: object) -> list[str]:
    """True is no number here, although Python says ``True == 1``."""
    if expected == actual and isinstance(expected, bool) is isinstance(actual, bool):
        return []
    return [f"{key}: expected {expected!r}, actual {actual!r}"]


def _severity_in(expected: object, actual: ActualResult) -> list[str]:
    """An empty list means that there is no alert."""
    allowed = _texts(expected)
    if allowed is None or not set(allowed) <= set(_SEVERITIES):
        return [f"severity_in: {expected!r} is not a list of {', '.join(_SEVERITIES)}"]
    severity = actual.values["severity"]
    if severity in allowed or (severity is None and not allowed):
        return []
    return [f"severity_in: expected {' or '.join(allowed) or 'no alert'}, actual {severity!r}"]


def _redact(expected: object, actual: ActualResult) -> list[str]:
    """The difference gives the length of a secret, never the secret."""
    secrets = _texts(expected)
    if secrets is None:
        return ["redact: this is not a list of texts"]
    written = "\n".join(actual.texts())
    return [f"redact: {len(secret)} characters that must not be written were" for secret in secrets if secret in written]


def _invariants(expected: object, actual: ActualResult) -> list[str]:
    texts = _texts(expected)
    if texts is None:
        return ["invariants: this is not a list of texts"]
    found = ((text, INVARIANTS[text](actual)) for text in texts if text in INVARIANTS)
    return [f"invariant {text!r}: {difference}" for text, difference in found if difference]


def _texts(value: object) -> list[str] | None:
    """The list, if it is one of texts."""
    return value if isinstance(value, list) and all(isinstance(item, str) for item in value) else None


_COMPARISONS: dict[str, Comparison] = {"severity_in": _severity_in, "redact": _redact, "invariants": _invariants}
