"""The enums of the model: the outcome of an attempt, and facts with three values."""

from enum import StrEnum


class Fact(StrEnum):
    """A fact with three values, because "No" and "field missing" are different."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """The outcome of an attempt. Unknown never counts as success."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"
