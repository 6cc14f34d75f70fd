"""The closed sets of the model: families, kinds, outcomes, subjects, and facts that are present, absent or unknown."""

from enum import StrEnum


class Family(StrEnum):
    """What an alert is about; the first part of its group key."""

    AWS = "aws"
    ENTRA = "entra"
    ENDPOINT = "endpoint"
    XCLOUD = "xcloud"


class Kind(StrEnum):
    """Which source an event came from; the names are the ones case files use."""

    AWS = "aws.eventbridge"
    SIGN_IN = "graph.signIn"
    RISK_DETECTION = "graph.riskDetection"
    PROCESS = "ecs.process"


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


class Subject(StrEnum):
    """Who acted, as far as detection cares."""

    ROOT = "root"
    IAM_USER = "iam_user"
    SAML_ROLE = "saml_role"
    IDENTITY_CENTER_ROLE = "identity_center_role"
    INSTANCE_ROLE = "instance_role"
    ASSUMED_ROLE = "assumed_role"
    FEDERATED_USER = "federated_user"
    ENTRA_USER = "entra_user"
    SERVICE_PRINCIPAL = "service_principal"
    ENDPOINT_USER = "endpoint_user"
    HIDDEN = "hidden"  # CloudTrail's HIDDEN_DUE_TO_SECURITY_REASONS: not a person, grouped by address
    OTHER = "other"
