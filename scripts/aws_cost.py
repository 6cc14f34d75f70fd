"""What a million sign-ins cost on AWS: volumes by what the templates deploy, prices by a table. `make docs` writes the result into docs/aws.md.

    python scripts/aws_cost.py [SIGN_INS ACCOUNTS REGIONS]

Prices are AWS's list prices for us-east-1 in US dollars, without free tiers and discounts. They change: check them on the page that each row names.
"""

import re
import sys
from typing import NamedTuple

from scripts.local_cloud.lambda_artifact import ROOT

HOURS = 730.0
"""Of a month."""

MILLION, GIGABYTE = 1e6, 1e9


class Price(NamedTuple):
    """Dollars for one unit, and the page of AWS that says so."""

    dollars: float
    page: str


PRICES = {
    "event put on another bus": Price(1.00 / MILLION, "EventBridge pricing: custom and cross-account events"),
    "SQS request": Price(0.40 / MILLION, "SQS pricing: standard queues"),
    "invocation": Price(0.20 / MILLION, "Lambda pricing: requests"),
    "GB-second": Price(0.0000133334, "Lambda pricing: Arm"),
    "GB of logs": Price(0.50, "CloudWatch pricing: Logs, collect"),
    "metric": Price(0.30, "CloudWatch pricing: custom metrics"),
    "alarm": Price(0.10, "CloudWatch pricing: alarms"),
    "secret": Price(0.40, "Secrets Manager pricing"),
    "message to a topic": Price(0.50 / MILLION, "SNS pricing: publishes"),
    "schedule": Price(1.00 / MILLION, "EventBridge pricing: Scheduler"),
}

# What one sign-in does. Requests to the index are counted by tests/unit/flow/test_round_trips.py; how long one takes is an assumption.
INDEX_REQUESTS = 6
SECONDS_A_REQUEST = 0.03
SECONDS_OF_WORK = 0.05
SWEEP_SECONDS = 0.5
LOG_BYTES = 900  # of one invocation: one line of ids and outcomes, one of metrics, Lambda's report
HEARTBEAT_BYTES = 600
METRICS = 13  # names that the function counts under, one dimension
POLLS_A_MINUTE = 15  # five pollers of an event source mapping that wait 20 s each
TOLD = 1 / 1000  # sign-ins that are notified


class Line(NamedTuple):
    """One row: how many units a month."""

    what: str
    unit: str
    number: float

    @property
    def dollars(self) -> float:
        """A month."""
        return self.number * PRICES[self.unit].dollars


def lines(sign_ins: float, accounts: int, regions: int) -> list[Line]:
    """The rows of one month. Every sign-in is its own batch, which is the dearest case; those of other accounts and Regions take the central bus."""
    template = (ROOT / "template.yaml").read_text("utf-8")
    alarms = template.count("Type: AWS::CloudWatch::Alarm")
    memory = _default(template, "MemorySize") / 1024
    forwarders = accounts * regions - 1
    sweeps, beats = HOURS * 12, HOURS * forwarders
    seconds = sign_ins * (INDEX_REQUESTS * SECONDS_A_REQUEST + SECONDS_OF_WORK) + sweeps * SWEEP_SECONDS
    return [
        Line("sign-ins and heartbeats onto the central bus", "event put on another bus", sign_ins + 2 * beats),
        Line("send, receive and delete of each sign-in, and polling", "SQS request", 3 * sign_ins + HOURS * 60 * POLLS_A_MINUTE),
        Line("invocations", "invocation", sign_ins + sweeps),
        Line("their time", "GB-second", seconds * memory),
        Line("logs, with those of heartbeats", "GB of logs", ((sign_ins + sweeps) * LOG_BYTES + beats * HEARTBEAT_BYTES) / GIGABYTE),
        Line("schedules of the forwarders", "schedule", beats),
        Line("notifications", "message to a topic", sign_ins * TOLD),
        Line("metrics", "metric", METRICS),
        Line("alarms of the home stack; forwarders have none", "alarm", alarms),
        Line("the API key", "secret", 1),
    ]


def _default(template: str, parameter: str) -> float:
    found = re.search(rf"(?ms)^  {parameter}:\n(?:    .*?\n)*?    Default: (\d+)$", template)
    if found is None:
        raise SystemExit(f"template.yaml: the parameter {parameter} has no number as its default")
    return float(found[1])


def table(sign_ins: float = MILLION, accounts: int = 400, regions: int = 17) -> str:
    """The table of docs/aws.md."""
    found = lines(sign_ins, accounts, regions)
    title = f"{sign_ins / MILLION:g} million sign-ins a month in {accounts} accounts and {regions} Regions"
    rows = [f"| {title} | units | dollars a month |", "| --- | --- | --- |"]
    rows += [f"| {line.what} | {line.number:,.0f} ({line.unit}) | {line.dollars:.2f} |" for line in found]
    return "\n".join([*rows, f"| **together** | | **{sum(line.dollars for line in found):.2f}** |"])


if __name__ == "__main__":
    print(table(*(int(word) for word in sys.argv[1:4])))
