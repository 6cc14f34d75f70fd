"""The function's one logger and one set of metrics. Names are fixed here: the template's alarms watch them."""

import logging

from aws_lambda_powertools import Logger, Metrics

NAME = "gatewatch"
NAMESPACE = "Gatewatch"
OLDEST_WAITING, CANARY_AGE = "OldestWaitingSeconds", "CanaryAgeSeconds"
IN_SECONDS = frozenset({OLDEST_WAITING, CANARY_AGE})
"""The metrics that are no counts."""

LIBRARIES = ("boto3", "botocore", "urllib3")


def keep_libraries_at_info() -> None:
    """Hold every logger but our own at INFO.

    Lambda applies the template's LogLevel to the root logger. At DEBUG botocore writes secrets, session tokens and whole records.
    """
    for name in (None, *LIBRARIES):
        logging.getLogger(name).setLevel(logging.INFO)


def service_of(namespace: str) -> str:
    """The dimension ``service`` of the metrics of one installation: the alarms of another one in this account do not ring for it."""
    return f"{NAME}-{namespace}"


keep_libraries_at_info()
LOG = Logger(service=NAME)
METRICS = Metrics(namespace=NAMESPACE, service=NAME)
