"""Computes every number of a report again from its JSON lines, without Gatewatch: scripts/recount.py report.jsonl report.html.

Prints what differs; nothing and exit code 0 mean that the page says what its records say.
"""

import datetime as dt
import json
import statistics
import sys
from collections import Counter, defaultdict
from pathlib import Path

SEVERITIES = ("low", "medium", "high", "critical")
KNOWN = {"with": "with_mfa", "without": "without", "identity provider": "identity_provider", "unknown": "unknown"}
DURATIONS = ("detect", "notify", "acknowledge", "close")


def timing(alerts, name):
    found = [alert[f"{name}_seconds"] for alert in alerts if alert[f"{name}_seconds"] is not None]
    return {"count": len(found), "median": statistics.median(found) if found else None, "longest": max(found, default=None)}


def observed(alerts, rules=()):
    states = {
        "alerts": len(alerts),
        "open": sum(a["status"] == "open" for a in alerts),
        "critical": sum(a["severity"] == "critical" for a in alerts),
    }
    states["observed"] = dict(sorted(Counter(r for a in alerts for r in {a["rule"], *a["rules"]} if not rules or r in rules).items()))
    return states | {name: timing(alerts, name) for name in DURATIONS}


def recount(lines):
    by = defaultdict(list)
    for line in lines:
        by[line["type"]].append(line)
    alerts = by["alert"]
    weeks, coverage, verdicts = defaultdict(Counter), defaultdict(lambda: dict.fromkeys(KNOWN.values(), 0)), {}
    for alert in alerts:
        year, week, _ = dt.datetime.fromisoformat(alert["time"]).astimezone(dt.UTC).isocalendar()
        weeks[f"{year}-W{week:02}"][alert["severity"]] += 1
    for entry in by["entry"]:
        if entry["outcome"] == "success" and entry["mfa"]:
            coverage[entry["provider"], entry["account"]][KNOWN[entry["mfa"]]] += 1
    for one in sorted(by["response"], key=lambda one: (one["at"], one["id"])):
        if one["kind"] in ("close", "reopen"):
            verdicts[one["alert_id"]] = one if one["kind"] == "close" else None
    precision = defaultdict(Counter)
    for one in filter(None, verdicts.values()):
        for rule in one["rules"] if one["verdict"] else ():
            precision[rule][one["verdict"]] += 1
    numbers = {
        "alerts": len(alerts), "open": sum(a["status"] == "open" for a in alerts), "closed": sum(a["status"] == "closed" for a in alerts),
        "suppressed": sum(bool(a["suppressed_by"]) for a in alerts), "merged_or_retracted": by["merged_or_retracted"][0]["alerts"],
        "people": len({a["person"] or a["principal"] for a in alerts}), "addresses": len({x for a in alerts for x in a["addresses"]}),
        "by_severity": {s: sum(a["severity"] == s for a in alerts) for s in SEVERITIES},
        "by_rule": dict(sorted(Counter(a["rule"] for a in alerts).items())), "by_week": {w: dict(n) for w, n in sorted(weeks.items())},
    }  # fmt: skip
    controls = {
        c["control"]: observed([a for a in alerts if {a["rule"], *a["rules"]} & set(c["rules"])], c["rules"]) for c in by["control"]
    }
    return {
        "numbers": numbers, "controls": controls | {"": observed(alerts)}, "entries": sum(sum(n.values()) for n in coverage.values()),
        "coverage": {" ".join(k): n for k, n in sorted(coverage.items())}, "precision": {r: dict(n) for r, n in sorted(precision.items())},
    }  # fmt: skip


def shown(page):
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    annex = data["annex"]
    controls = {
        c["control"]: {k: c[k] for k in ("alerts", "open", "critical", "observed", *DURATIONS)}
        for c in (*annex["controls"], annex["all_alerts"])
    }
    coverage = {f"{c['provider']} {c['account']}": {k: c[k] for k in KNOWN.values()} for c in data["coverage"]}
    precision = {p["rule"]: {v: p[v] for v in ("malicious", "expected", "mistaken", "test") if p[v]} for p in annex["precision"]}
    return {
        "numbers": data["numbers"],
        "controls": controls,
        "entries": data["read"]["entries"],
        "coverage": dict(sorted(coverage.items())),
        "precision": precision,
    }


if __name__ == "__main__":
    again = recount(map(json.loads, Path(sys.argv[1]).read_text("utf-8").splitlines()))
    there = shown(Path(sys.argv[2]).read_text("utf-8"))
    differing = [f"{name}: the records say {again[name]}, the page {there[name]}" for name in again if again[name] != there[name]]
    print("\n".join(differing) or f"the same: {again['numbers']['alerts']} alerts, {again['entries']} entries")
    raise SystemExit(bool(differing))
