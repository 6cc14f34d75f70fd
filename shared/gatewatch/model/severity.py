"""Severity: the range in which a score lies. Only this module holds Elastic's limits."""

from enum import StrEnum


class Severity(StrEnum):
    """Elastic's four severities. They are compared by score, not by spelling."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def lowest(self) -> int:
        """The lowest score of this severity."""
        return _SCORES[self][0]

    @property
    def highest(self) -> int:
        """The highest score of this severity."""
        return _SCORES[self][1]

    def __lt__(self, other: str) -> bool:
        return _SCORES[self] < _SCORES[_of(other)]

    def __le__(self, other: str) -> bool:
        return _SCORES[self] <= _SCORES[_of(other)]

    def __gt__(self, other: str) -> bool:
        return _SCORES[self] > _SCORES[_of(other)]

    def __ge__(self, other: str) -> bool:
        return _SCORES[self] >= _SCORES[_of(other)]


_SCORES = {Severity.LOW: (1, 21), Severity.MEDIUM: (22, 47), Severity.HIGH: (48, 73), Severity.CRITICAL: (74, 100)}
_LIMITS = tuple((highest, severity) for severity, (_, highest) in _SCORES.items())


def _of(name: str) -> Severity:
    return name if isinstance(name, Severity) else Severity(name)


def severity_of(score: int) -> Severity:
    """The severity of a score from 1 to 100."""
    for highest, severity in _LIMITS:  # a loop, because every row of every alert asks
        if score <= highest:
            return severity
    return Severity.CRITICAL
