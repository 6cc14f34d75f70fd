"""Every kind of blindness fires its rule in time and nothing else does, over lines that the function's own code wrote.

Each rule is the one of infra/modules/alarms.bicep: its query, aggregation, threshold and window, evaluated as Azure Monitor does.
"""

import json
import logging
import subprocess
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from azure_function import metrics
from scripts.local_cloud.node import MODULES, NodeMissing, install
from tests.support.azure_monitor import LATENCIES, Traces, fires, moments
from tests.support.bicep.template import evaluate

TENANT = "0f0e0d0c-1111-4222-8333-444455556666"
OTHER = "99999999-1111-4222-8333-444455556666"
BEGIN = datetime(2026, 3, 14, tzinfo=UTC)
FAULT = BEGIN + timedelta(hours=26)  # after the longest window
MINUTE = timedelta(minutes=1)
SHIFTS = (timedelta(0), timedelta(minutes=4), timedelta(minutes=7))
EVERY = {"sign_ins": 5, "risk_detections": 5, "sign_ins_last": 60, "sweep": 15, "push": 2}
"""The streams of a healthy function, and the minutes between two of their runs."""
HEALTHY: dict[str, dict[str, float]] = {
    "sign_ins": {
        "lag_seconds": 40, "rescan_lag_seconds": 200, "unfinished": 0, "records": 900, "levels": 3, "levels_hidden": 0, "beta_missing": 0,
        "unauthorized": 0, "forbidden": 0, "permission_missing": 0, "credential_expired": 0, "clock_skew_seconds": 0.4, "dead_letters": 0, "untold": 0,
    },
    "risk_detections": {"lag_seconds": 10, "rescan_lag_seconds": 100, "unfinished": 0, "records": 0, "dead_letters": 0, "untold": 0},
    "sign_ins_last": {"lag_seconds": 3000, "records": 10},
    "sweep": {"untold": 0, "dead_letters": 0},
    "push": {"records": 20, "dead_letters": 0, "untold": 0, "hub_age_seconds": 30},
}  # fmt: skip


class Fault(NamedTuple):
    """What a stream reports while something is wrong: a state, numbers, or no line at all (``silent``)."""

    rule: str
    stream: str = "sign_ins"
    numbers: Mapping[str, float] = {}
    state: str = "done"
    within: int = 45  # minutes until somebody must hear of it
    silent: tuple[str, ...] = ()
    once_is_enough: bool = False  # whether one such line must fire
    dimensions: tuple[str, ...] = ("tenant", "stream")


FAULTS = [
    Fault("no-data", silent=tuple(EVERY), dimensions=()),
    Fault("no-data", silent=("sign_ins",), dimensions=()),
    Fault("no-data", "risk_detections", state="failed", dimensions=()),
    Fault("failing", state="failed", within=85),
    Fault("failing", state="locked", within=85),
    Fault("failing", "sweep", state="failed", within=85),
    Fault("failing", "push", state="failed", within=85),
    Fault("lag", numbers={"lag_seconds": 2400}),
    Fault("last-lag", "sign_ins_last", {"lag_seconds": 30000}, within=430),
    Fault("last-lag", "sign_ins_last", state="no_time", within=430),
    Fault("refused-filter", state="refused", within=100),
    Fault("second-reading", numbers={"rescan_lag_seconds": 4000}, within=50),
    Fault("unfinished", numbers={"unfinished": 3}, state="unfinished", within=25, once_is_enough=True),
    Fault("hidden-levels", numbers={"levels": 3, "levels_hidden": 3}, within=26 * 60, dimensions=("tenant",)),
    Fault("no-beta", numbers={"beta_missing": 1}, within=100),
    Fault("refused", numbers={"unauthorized": 1}, state="failed", within=30, dimensions=("tenant",)),
    Fault("refused", numbers={"forbidden": 1}, state="failed", within=30, dimensions=("tenant",)),
    Fault("permission", numbers={"permission_missing": 1}, state="failed", within=30, once_is_enough=True),
    Fault("credential", numbers={"credential_expired": 1}, state="failed", within=30, once_is_enough=True, dimensions=("tenant",)),
    Fault("clock", numbers={"clock_skew_seconds": 75}, within=50, dimensions=("tenant",)),
    Fault("dead-letters", numbers={"dead_letters": 1}, within=30, once_is_enough=True, dimensions=("tenant",)),
    Fault("dead-letters", "push", {"dead_letters": 2}, within=30, once_is_enough=True, dimensions=("tenant",)),
    Fault("untold", "sweep", {"untold": 2}, within=75, dimensions=("tenant",)),
    Fault("hub-retention", "push", {"hub_age_seconds": 13 * 3600}, within=25, once_is_enough=True, dimensions=("tenant",)),
    Fault("hub-silent", silent=("push",), within=400, dimensions=()),
    Fault("hub-silent", "push", state="failed", within=400, dimensions=()),
]


@pytest.fixture(scope="module")
def rules(repository: Path) -> dict[str, dict[str, Any]]:
    """The rules of the template by name, with every option on."""
    given = {
        "name": "gw", "location": "westeurope", "insightsId": "insights", "email": "a@b.example", "streams": "sign_ins, risk_detections",
        "expectsBeta": True, "hubRetentionHours": 24, "secretsExpireOn": "2026-06-30",
    }  # fmt: skip
    found = evaluate(repository / "infra/modules/alarms.bicep", given)
    return {body["name"].removeprefix("gw-"): body["properties"] for body in found.of("Microsoft.Insights/scheduledQueryRules")}


def wrote(start: datetime, end: datetime, fault: Fault | None = None, tenant: str = TENANT) -> Traces:
    """The lines of a function between two moments, one stream of which may be at fault."""
    found = Traces()
    for stream, minutes in EVERY.items():
        hit = fault is not None and stream == fault.stream and not fault.silent
        numbers = {**HEALTHY[stream], **(fault.numbers if fault is not None and hit else {})}
        written = Traces()
        at = start + MINUTE
        while at <= end and not (fault is not None and stream in fault.silent):
            with written.at(at):
                metrics.emit(tenant, stream, fault.state if fault is not None and hit else "done", **numbers)
            at += minutes * MINUTE
        found += written
    return found


@pytest.fixture(scope="module")
def healthy() -> Traces:
    """A function that works, for three and a half days."""
    return wrote(BEGIN, BEGIN + timedelta(hours=84))


def after(healthy: Traces, fault: Fault, length: timedelta) -> Traces:
    """A healthy function, then the fault for a while, then a healthy one."""
    before, later = healthy.between(BEGIN, FAULT), healthy.between(FAULT + length, FAULT + timedelta(days=30))
    return Traces(before) + wrote(FAULT, FAULT + length, fault) + Traces(later)


def test_every_rule_has_a_fault_and_every_fault_a_rule(rules: dict[str, dict[str, Any]]):
    assert {fault.rule for fault in FAULTS} | {"channels", "secrets-expire"} == set(rules)


def test_a_healthy_function_is_quiet(rules: dict[str, dict[str, Any]], healthy: Traces):
    for name, rule in rules.items():
        for latency in LATENCIES:
            heard = [at for at in moments(rule, FAULT, FAULT + timedelta(hours=2)) if fires(rule, healthy, at, latency)]
            assert heard == [], (name, latency)


def test_without_any_line_somebody_hears_of_it(rules: dict[str, dict[str, Any]]):
    """The function app is gone, or Application Insights is."""
    assert {name for name, rule in rules.items() if fires(rule, Traces(), FAULT, timedelta(0))} == {"no-data", "hub-silent"}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}-{fault.stream}-{fault.state}")
def test_a_fault_fires_its_rule_in_time_and_ends_with_it(rules: dict[str, dict[str, Any]], healthy: Traces, fault: Fault):
    rule, length = rules[fault.rule], timedelta(minutes=fault.within)
    traces = after(healthy, fault, length)
    wanted = {name: value for name, value in (("tenant", TENANT), ("stream", fault.stream)) if name in fault.dimensions}
    for latency in LATENCIES:
        for shift in SHIFTS if fault.within < 600 else SHIFTS[:1]:
            heard = [found for at in moments(rule, FAULT, FAULT + length, shift) for found in fires(rule, traces, at, latency)]
            assert wanted in heard, (latency, shift)
            assert [found for found in heard if found != wanted] == []
    ended = FAULT + length + timedelta(hours=25)
    assert fires(rule, traces, ended, timedelta(0)) == []


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.rule}-{fault.stream}-{fault.state}")
def test_one_run_at_fault_is_heard_only_where_it_should_be(rules: dict[str, dict[str, Any]], healthy: Traces, fault: Fault):
    rule, once = rules[fault.rule], timedelta(minutes=EVERY[fault.stream])
    traces = after(healthy, fault, once)
    for latency in LATENCIES:
        for shift in SHIFTS:
            heard = any(fires(rule, traces, at, latency) for at in moments(rule, FAULT, FAULT + timedelta(hours=2), shift))
            assert heard is fault.once_is_enough, (latency, shift)


@pytest.mark.parametrize("state", ["no_time", "refused"])
def test_a_stream_of_low_priority_and_one_whose_filter_is_refused_do_not_fail(rules: dict[str, dict[str, Any]], state: str):
    traces = wrote(FAULT - timedelta(hours=2), FAULT, Fault("failing", "sign_ins_last", state=state))
    assert fires(rules["failing"], traces, FAULT, timedelta(0)) == []


def test_a_tenant_at_fault_is_named_beside_one_that_is_well(rules: dict[str, dict[str, Any]]):
    fault = Fault("failing", state="failed")
    start = FAULT - timedelta(hours=2)
    traces = wrote(start, FAULT, tenant=OTHER) + wrote(start, FAULT, fault)
    assert fires(rules["failing"], traces, FAULT, timedelta(0)) == [{"tenant": TENANT, "stream": "sign_ins"}]


def test_a_channel_that_is_not_served_is_heard(rules: dict[str, dict[str, Any]]):
    traces = Traces()
    with traces.at(FAULT):
        logging.getLogger("azure_function.wiring").error("channel %s is not served, its notifications wait: %s", "teams", "x")
        logging.getLogger("azure_function.wiring").warning("channel x is served")
    assert fires(rules["channels"], traces, FAULT + 15 * MINUTE, timedelta(0)) == [{}]


def test_the_sentence_of_the_channels_is_the_one_that_is_logged(repository: Path):
    assert "is not served, its notifications wait" in (repository / "azure_function/wiring.py").read_text()


@pytest.mark.parametrize(("days", "heard"), [(60, False), (30, False), (29, True), (-1, True)])
def test_a_secret_is_renewed_in_time(rules: dict[str, dict[str, Any]], healthy: Traces, days: int, heard: bool):
    now = datetime(2026, 6, 30, tzinfo=UTC) - timedelta(days=days)
    assert bool(fires(rules["secrets-expire"], healthy, now, timedelta(0))) is heard


def test_every_number_is_watched(rules: dict[str, dict[str, Any]]):
    queries = "".join(rule["criteria"]["allOf"][0]["query"] for rule in rules.values())
    unwatched = {metric.name for metric in metrics.METRICS if f"m.{metric.name}" not in queries}
    assert unwatched == {"records", "throttled"}  # neither is blindness: a quiet tenant, and Graph's own limits


def test_a_window_is_longer_than_the_time_between_two_looks_at_it(rules: dict[str, dict[str, Any]]):
    """Else a line that arrives late is seen by neither."""
    from tests.support.azure_monitor import span  # noqa: PLC0415 - only here

    short = [name for name, rule in rules.items() if span(rule["windowSize"]) - span(rule["evaluationFrequency"]) < max(LATENCIES)]
    assert short == ["secrets-expire"]  # it reads no line


ANALYSE = """
const folder = process.argv[2];
require(folder + '/@kusto/language-service-next/bridge.min');
require(folder + '/@kusto/language-service-next/Kusto.Language.Bridge.min');
const K = Kusto.Language;
const traces = new K.Symbols.TableSymbol.$ctor7('traces', '(timestamp: datetime, message: string, severityLevel: int, operation_Name: string)');
const globals = K.GlobalState.Default.WithDatabase(new K.Symbols.DatabaseSymbol.ctor('db', [traces]));
const said = JSON.parse(require('fs').readFileSync(0, 'utf8')).map((query) => {
  const found = K.KustoCode.ParseAndAnalyze(query, globals).GetDiagnostics();
  return Array.from({ length: found.Count ?? found.length }, (_, i) => (found.getItem ? found.getItem(i) : found[i]).Message);
});
console.log(JSON.stringify(said));
"""


def test_kusto_understands_every_query(rules: dict[str, dict[str, Any]], tmp_path: Path):
    try:
        node = install()
    except NodeMissing as missing:
        pytest.skip(str(missing))
    program = tmp_path / "kusto.js"
    program.write_text(ANALYSE, "utf-8")
    queries = [rule["criteria"]["allOf"][0]["query"] for rule in rules.values()]
    asked = [*queries, "traces | where nothing == 1", "traces | summarize max("]
    done = subprocess.run([node, str(program), str(MODULES)], input=json.dumps(asked), capture_output=True, text=True, check=True)
    *said, unknown, broken = json.loads(done.stdout)
    assert unknown
    assert broken
    assert dict(zip(queries, said, strict=True)) == {query: [] for query in queries}
