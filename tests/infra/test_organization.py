"""The organisation kit: the StackSet as code, the script for the management account, and the environments of samconfig.toml.

StackSets cannot be executed here: the templates are validated by cfn-lint (`make check`), the calls of the script by moto's Organizations.
"""

import json
import os
import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.organizations.models import FakeDelegatedAdministrator

from scripts.local_cloud.lambda_artifact import ROOT
from tests.support.aws_templates import FORWARDER, HOME, written

ORGANIZATION = "infra/aws/organization.yaml"
BUS = "arn:aws:events:eu-central-1:111122223333:event-bus/gatewatch-gatewatch-central"
ADMIN = "111122223333"

# An `aws` that answers from the environment and writes down every call.
AWS = """#!/bin/sh
printf '%s\\n' "$*" >> "$CALLS"
case "$1 $2" in
    "organizations list-delegated-administrators") printf '%s' "$KNOWN" ;;
    "ec2 describe-regions") printf 'us-east-1\\teu-central-1\\n' ;;
    "$FAILS") exit 254 ;;
esac
"""


def stack_set() -> dict[str, Any]:
    return written(ORGANIZATION)["Resources"]["Forwarders"]["Properties"]


def test_the_set_is_service_managed_and_reaches_accounts_that_come_later() -> None:
    properties = stack_set()
    assert (properties["PermissionModel"], properties["CallAs"]) == ("SERVICE_MANAGED", {"Ref": "CallAs"})
    assert properties["AutoDeployment"] == {"Enabled": True, "RetainStacksOnAccountRemoval": False}
    assert written(ORGANIZATION)["Parameters"]["CallAs"]["Default"] == "DELEGATED_ADMIN"
    assert (ROOT / "infra/aws" / properties["TemplateURL"]).is_file()


def test_the_set_gives_parameters_that_the_forwarder_has() -> None:
    known = written(FORWARDER)["Parameters"]
    given = {one["ParameterKey"] for one in stack_set()["Parameters"]}
    assert given <= set(known)
    assert {name for name, one in known.items() if "Default" not in one} <= given


def test_options_have_the_same_words_in_every_template() -> None:
    for name in ("DeliverKeyUse", "DeliverAgentCalls", "DeliverListCalls"):
        allowed = [written(template)["Parameters"][name]["AllowedValues"] for template in (HOME, FORWARDER, ORGANIZATION)]
        assert allowed[0] == allowed[1] == allowed[2]


def test_a_set_takes_no_template_with_a_macro_or_nested_stacks() -> None:
    forwarder = written(FORWARDER)
    assert "Transform" not in forwarder
    assert "AWS::CloudFormation::Stack" not in {one["Type"] for one in forwarder["Resources"].values()}


def test_a_forwarder_is_silent_where_the_home_stack_reads_itself() -> None:
    resources = written(FORWARDER)["Resources"]
    states = {name: one["Properties"]["State"] for name, one in resources.items() if "State" in one["Properties"]}
    assert set(states) == {name for name, one in resources.items() if one["Type"] in {"AWS::Events::Rule", "AWS::Scheduler::Schedule"}}
    assert all(state["Fn::If"][:2] == ["AtHome", "DISABLED"] for state in states.values())


def test_a_heartbeat_takes_the_way_of_the_sign_ins() -> None:
    """One rule for both: who disables it silences the heartbeat."""
    resources = written(FORWARDER)["Resources"]
    source = resources["Heartbeat"]["Properties"]["Target"]["EventBridgeParameters"]["Source"]
    assert {"source": [source]} in resources["SignInRule"]["Properties"]["EventPattern"]["$or"]
    assert written(HOME)["Resources"]["CentralHeartbeatRule"]["Properties"]["EventPattern"] == {"source": [source]}


def test_one_stack_an_account_makes_the_named_role() -> None:
    forwarder = written(FORWARDER)
    named = {name for name, one in forwarder["Resources"].items() if "RoleName" in one["Properties"]}
    assert named == {"DeadLetterReaderRole"}
    assert forwarder["Resources"]["DeadLetterReaderRole"]["Condition"] == "MakesReaderRole"


def prepare(tmp_path: Path, *words: str, known: str = "", fails: str = "none") -> tuple[int, list[list[str]]]:
    """What the script calls."""
    fake = tmp_path / "aws"
    fake.write_text(AWS, "utf-8")
    fake.chmod(0o755)
    calls = tmp_path / "calls"
    calls.write_text("", "utf-8")
    here = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls), "KNOWN": known, "FAILS": fails}
    done = subprocess.run([ROOT / "scripts/prepare_organization.sh", *words], env=here, capture_output=True, text=True, check=False)
    return done.returncode, [line.split(" ") for line in calls.read_text("utf-8").splitlines()]


def through_boto3(call: list[str]) -> Any:
    """An `aws` command as a call of boto3."""
    service, command, *words = call
    options = {words[i].removeprefix("--"): words[i + 1] for i in range(0, len(words), 2)}
    named = {
        "".join(part.capitalize() for part in name.split("-")): value for name, value in options.items() if name not in {"query", "output"}
    }
    return getattr(boto3.client(service), command.replace("-", "_"))(**named)


def test_the_management_account_delegates_and_gets_ordinary_stacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, calls = prepare(tmp_path, ADMIN, BUS, "DeliverKeyUse=true")
    stacks = [call for call in calls if call[:2] == ["cloudformation", "deploy"]]
    assert code == 0
    assert [call[call.index("--region") + 1] for call in stacks] == ["us-east-1", "eu-central-1"]
    assert all(call[-2:] == [f"CentralBusArn={BUS}", "DeliverKeyUse=true"] for call in stacks)
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    principal = "member.org.stacksets.cloudformation.amazonaws.com"
    supported = [*FakeDelegatedAdministrator.SUPPORTED_SERVICES, principal]  # moto knows it as a trusted service only
    monkeypatch.setattr(FakeDelegatedAdministrator, "SUPPORTED_SERVICES", supported)
    with mock_aws():
        organizations = boto3.client("organizations")
        organizations.create_organization(FeatureSet="ALL")
        member = organizations.create_account(AccountName="security", Email="security@example.com")["CreateAccountStatus"]["AccountId"]
        asked = [json.loads(json.dumps(call).replace(ADMIN, member)) for call in calls if call[0] == "organizations"]
        for call in asked:
            through_boto3(call)
        found = organizations.list_delegated_administrators(ServicePrincipal=principal)["DelegatedAdministrators"]
    assert [one["Id"] for one in found] == [member]


def test_it_may_be_run_again(tmp_path: Path) -> None:
    _, calls = prepare(tmp_path, ADMIN, BUS, known=f"999988887777\t{ADMIN}")
    assert [call for call in calls if "register-delegated-administrator" in call] == []


def test_it_stops_where_a_call_fails(tmp_path: Path) -> None:
    code, calls = prepare(tmp_path, ADMIN, BUS, fails="organizations register-delegated-administrator")
    assert code != 0
    assert [call for call in calls if call[0] == "cloudformation"] == []


def test_without_its_arguments_it_says_how_it_is_called(tmp_path: Path) -> None:
    code, calls = prepare(tmp_path, ADMIN)
    assert (code, calls) == (2, [])


CONFIGURATION = tomllib.loads((ROOT / "samconfig.toml").read_text("utf-8"))


@pytest.mark.parametrize("environment", sorted(name for name in CONFIGURATION if name != "version"))
def test_an_environment_of_samconfig_names_what_is_there(environment: str) -> None:
    deploy = CONFIGURATION[environment]["deploy"]["parameters"]
    template = written(deploy.get("template_file", HOME))
    for override in deploy.get("parameter_overrides", ()):
        name, _, value = override.partition("=")
        parameter = template["Parameters"][name]
        assert re.fullmatch(parameter.get("AllowedPattern", ".*"), value)
        assert not parameter.get("AllowedValues") or value in map(str, parameter["AllowedValues"])
    named = any(
        "RoleName" in one.get("Properties", {}) or "ManagedPolicyName" in one.get("Properties", {})
        for one in template["Resources"].values()
    )
    assert (deploy.get("capabilities") == "CAPABILITY_NAMED_IAM") == named


def test_the_names_of_rules_fit_whatever_a_set_calls_its_stacks() -> None:
    """EventBridge takes 64 characters; a StackSet's stack is called StackSet-NAME-UUID and has more by itself."""
    rules = [one["Properties"]["Name"] for one in written(FORWARDER)["Resources"].values() if one["Type"] == "AWS::Events::Rule"]
    texts = [name["Fn::Sub"][0] for name in rules]
    assert all(name.count("${") == 1 and "${AWS::StackName}" not in name for name in texts)
    assert all(len(name.replace("${id}", "0" * 12)) <= 64 and "gatewatch" in name for name in texts)
    assert len(set(texts)) == 6
