"""`gatewatch doctor aws` while AWS refuses or throttles one call: never a crash, never healthy, and what can be seen is seen."""

from argparse import Namespace
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from aws_lambda.cli_doctor import world_of
from aws_lambda.doctor.checks import CHECKS
from gatewatch.doctor.examine import examine
from gatewatch.doctor.findings import Examination

from .organisation import STACK, STACK_SET, Organisation, aws, with_few_regions
from .test_doctor import KEYS


@pytest.fixture(scope="module")
def organisation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Organisation]:
    with pytest.MonkeyPatch.context() as here, mock_aws():
        for name, value in KEYS.items():
            here.setenv(name, value)
        with_few_regions(here)
        yield Organisation(tmp_path_factory.mktemp("refusals"))


class Refusing:
    """A client one of whose calls is answered with a code, in its Region or in all."""

    def __init__(self, client: Any, call: str, code: str) -> None:
        self._client, self._call, self._code = client, call, code

    def __getattr__(self, name: str) -> Any:
        if name == "get_paginator":
            return lambda call: Refusing(self._client, self._call, self._code) if call == self._call else self._client.get_paginator(call)
        return self._refuse if name in {self._call, "paginate"} else getattr(self._client, name)

    def _refuse(self, **_: object) -> Any:
        raise ClientError({"Error": {"Code": self._code}}, self._call)


def examined(organisation: Organisation, service: str, call: str, code: str, region: str | None = None) -> Examination:
    def client(name: str, where: str | None = None) -> Any:
        real = organisation.clients(name, where) if where else organisation.clients(name)
        return Refusing(real, call, code) if name == service and (region is None or where == region) else real

    options = Namespace(stack=STACK, stack_set=STACK_SET, beside="", store=organisation.store)
    return examine("stack", CHECKS, world_of(options, {}, client))


CALLS = [
    ("cloudformation", "describe_stacks"), ("cloudformation", "list_stack_resources"), ("cloudformation", "get_template"),
    ("cloudformation", "list_stack_instances"), ("cloudtrail", "describe_trails"), ("cloudtrail", "get_trail_status"),
    ("cloudtrail", "get_event_selectors"), ("events", "describe_rule"), ("events", "list_targets_by_rule"), ("events", "describe_event_bus"),
    ("events", "list_rules"), ("sqs", "get_queue_attributes"), ("lambda", "get_function_configuration"),
    ("lambda", "get_function_concurrency"), ("lambda", "list_event_source_mappings"), ("sns", "get_topic_attributes"),
    ("sns", "list_subscriptions_by_topic"), ("secretsmanager", "describe_secret"), ("ssm", "describe_parameters"),
    ("cloudwatch", "describe_alarms"), ("ec2", "describe_regions"), ("organizations", "list_accounts"), ("logs", "filter_log_events"),
]  # fmt: skip


THROTTLED = [(*one, "ThrottlingException") for one in CALLS if one[1] in {"get_event_selectors", "list_rules", "describe_secret"}]
DENIED = [(*one, "AccessDeniedException") for one in CALLS]


@pytest.mark.parametrize(("service", "call", "code"), [*DENIED, *THROTTLED])
def test_a_call_that_is_refused_is_said_and_is_no_finding(organisation: Organisation, service: str, call: str, code: str) -> None:
    found = examined(organisation, service, call, code)
    assert (found.state, [one.id for one in found.findings]) == ("could_not_look", [])
    assert all("unexpected" not in one.reason and one.fix for one in found.not_looked)
    assert any(code in one.reason for one in found.not_looked)
    assert ("throttles" in "".join(one.fix for one in found.not_looked)) == (code == "ThrottlingException")


def test_a_region_that_may_not_be_asked_hides_no_other(organisation: Organisation) -> None:
    aws("events", "us-west-2").delete_rule(Name="gatewatch-sign-in-abc")
    found = examined(organisation, "events", "list_rules", "AccessDeniedException", "ap-southeast-2")
    organisation.own_forwarder("us-west-2")
    assert {(one.id, one.subject) for one in found.findings} >= {("region-uncovered", "us-west-2")}
    assert "ap-southeast-2" in "".join(one.reason for one in found.not_looked)


class AsCloudFormationNames:
    """CloudFormation, which names a rule of a bus of its own ``BUS|RULE``; moto leaves the bus out."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def get_paginator(self, call: str) -> Any:
        return AsCloudFormationNames(self._client) if call == "list_stack_resources" else self._client.get_paginator(call)

    def paginate(self, **asked: str) -> Iterator[dict[str, Any]]:
        for page in self._client.get_paginator("list_stack_resources").paginate(**asked):
            listed = page["StackResourceSummaries"]
            yield {"StackResourceSummaries": [{**one, "PhysicalResourceId": _as_named(one)} for one in listed]}


def _as_named(resource: dict[str, Any]) -> str:
    name = str(resource.get("PhysicalResourceId", ""))
    return f"gatewatch-gatewatch-central|{name}" if "-central-" in name and resource["ResourceType"] == "AWS::Events::Rule" else name


def test_rules_of_the_central_bus_are_found_under_the_names_that_cloudformation_gives_them(organisation: Organisation) -> None:
    def client(name: str, where: str | None = None) -> Any:
        real = organisation.clients(name, where) if where else organisation.clients(name)
        return AsCloudFormationNames(real) if name == "cloudformation" else real

    options = Namespace(stack=STACK, stack_set=STACK_SET, beside="", store=organisation.store)
    found = examine("stack", CHECKS, world_of(options, {}, client))
    assert (found.state, found.findings, found.not_looked) == ("healthy", (), ())
