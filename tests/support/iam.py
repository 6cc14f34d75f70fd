"""What the AWS templates grant, what the function's code asks for, and the statements of every policy in them."""

import ast
import json
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import botocore.session
from botocore import xform_name

from scripts.local_cloud.lambda_artifact import ROOT

HOST = "aws_lambda"
OPERATOR = {"cli.py", "cli_backfill.py", "cli_doctor.py", "forwarders.py"}  # commands that run with the rights of whoever types them
OF_THE_OPERATOR = {  # what these commands do in the operator's own account
    "sqs:SendMessage", "sqs:ListDeadLetterSourceQueues", "sts:AssumeRole", "cloudformation:ListStackInstances",
}  # fmt: skip


class Statement(NamedTuple):
    """One statement, its conditional form unwrapped."""

    resource: str  # of the template
    where: str  # trust, identity or resource
    content: dict[str, Any]

    @property
    def actions(self) -> list[str]:
        action = self.content["Action"]
        return [action] if isinstance(action, str) else action


def statements(resources: dict[str, Any]) -> Iterator[Statement]:
    """Every statement of roles, managed policies and resource policies."""
    for name, resource in resources.items():
        properties = resource.get("Properties", {})
        found = {
            "trust": [properties.get("AssumeRolePolicyDocument")],
            "identity": [policy["PolicyDocument"] for policy in properties.get("Policies", ())],
            "resource": [properties.get("KeyPolicy")],
        }
        document = {"Statement": properties["Statement"]} if "Statement" in properties else properties.get("PolicyDocument")
        found["identity" if resource["Type"] == "AWS::IAM::ManagedPolicy" else "resource"].append(document)
        for where, documents in found.items():
            for one in map(_parsed, filter(None, documents)):
                written = one["Statement"] if isinstance(one["Statement"], list) else [one["Statement"]]
                yield from (Statement(name, where, plain) for each in written for plain in _plain(each))


def _parsed(document: dict[str, Any]) -> dict[str, Any]:
    """A policy that a service takes as text is written as text."""
    return json.loads(document["Fn::Sub"]) if "Fn::Sub" in document else document


def _plain(statement: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "Fn::If" in statement:
        for branch in statement["Fn::If"][1:]:
            yield from _plain(branch)
    elif statement != {"Ref": "AWS::NoValue"}:
        yield statement


def granted(resources: dict[str, Any], role: str) -> set[str]:
    """The actions that the identity policies of a role allow under some parameters."""
    found = [one for one in statements(resources) if (one.resource, one.where, one.content["Effect"]) == (role, "identity", "Allow")]
    return {action for one in found for action in one.actions}


def used() -> set[str]:
    """The actions that the code of the function calls through boto3."""
    return _called(file.name for file in sorted((ROOT / HOST).glob("*.py")) if file.name not in OPERATOR)


def reader_actions() -> set[str]:
    """The actions that ``gatewatch deadletter`` calls in the accounts of forwarders, in the name of the role that it assumes there."""
    return _called(["forwarders.py", "cli.py"]) - OF_THE_OPERATOR


def _called(files: Iterable[str]) -> set[str]:
    """Each method of a client that the modules make, by its IAM name."""
    trees = [ast.parse((ROOT / HOST / file).read_text("utf-8")) for file in files]
    calls = [node.func for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    made = {
        node.args[0].value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func).endswith(".client")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    methods = {method: action for service in made for method, action in _methods(str(service))}
    return {methods[call.attr] for call in calls if call.attr in methods}


_PREFIXES = {"resourcegroupstaggingapi": "tag"}  # where a service's actions have another name than the service


def _methods(service: str) -> Iterator[tuple[str, str]]:
    model = botocore.session.get_session().get_service_model(service)
    for operation in model.operation_names:
        yield xform_name(operation), f"{_PREFIXES.get(service, model.signing_name)}:{operation}"
