"""The closed sets of the model: outcomes, and facts that are present, absent or unknown."""

from enum import StrEnum


class Fact(StrEnum):
    """A three-valued fact: "No" and "field missing" are different."""

    PRESENT = "present"
    ABSENT = "absent"
    UNKNOWN = "unknown"


class Outcome(StrEnum):
    """What became of the attempt; unknown is not success."""

    SUCCESS = "success"
    FAILURE = "failure"
    UNKNOWN = "unknown"
