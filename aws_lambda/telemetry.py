"""The function's one logger and one set of metrics. Names are fixed here: the template's alarms watch them."""

from aws_lambda_powertools import Logger, Metrics

NAME = "gatewatch"
NAMESPACE = "Gatewatch"

LOG = Logger(service=NAME)
METRICS = Metrics(namespace=NAMESPACE, service=NAME)
