"""The published EQL over documents that Elastic's own integrations made of public records."""

import json

import pytest

from tests.queries.test_eql import matches

FOUND = {
    ("aws_console_login_no_mfa", "aws_consolelogin"): 3,
    ("aws_root_console_login", "aws_consolelogin"): 0,
    ("entra_risky_signin", "entra_signin"): 0,
    ("entra_risk_detection", "entra_risk"): 2,
    ("endpoint_cloud_cli_auth", "process"): 0,
}


def documents(path):
    for line in path.read_text().splitlines():
        found = json.loads(line).get("expected_ecs")
        if not found or "@timestamp" not in found:
            continue
        event = dict(found.get("event", {}))
        event |= {name: event[name] if isinstance(event.get(name), list) else [event.get(name)] for name in ("category", "type")}
        yield {**found, "event": {"id": path.stem, **event}}


@pytest.mark.parametrize(("name", "kind"), FOUND, ids=lambda value: value)
def test_documents_of_the_integrations(folder, conformance_data, name, kind):
    asked = list(documents(conformance_data / f"golden/{kind}.jsonl"))
    assert len(matches((folder / f"eql/{name}.eql").read_text(), asked)) == FOUND[name, kind]
