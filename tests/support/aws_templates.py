"""The AWS templates as they are written, and as CloudFormation gets them: template.yaml after the SAM transform."""

from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from scripts.local_cloud.lambda_artifact import ROOT

HOME, FORWARDER = "template.yaml", "infra/aws/region-forwarder.yaml"
PARAMETERS = {
    "ElasticUrl": "https://es.example.com:9243",
    "ElasticApiKeySecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf",
}


class NoManagedPolicies(ManagedPolicyLoader):
    def __init__(self) -> None:
        super().__init__(iam_client=None)

    def load(self) -> dict[str, str]:
        return {}


@cache
def written(name: str) -> dict[str, Any]:
    """The template as its file says it; parsed once, so change nothing in it."""
    return yaml_parse((ROOT / name).read_text("utf-8"))


@cache
def expanded(name: str = HOME) -> dict[str, Any]:
    """The template as CloudFormation gets it."""
    template = deepcopy(written(name))
    if "Transform" not in template:
        return template
    for resource, uri in (("Detector", "CodeUri"), ("BucketReader", "CodeUri"), ("SharedLayer", "ContentUri")):
        template["Resources"][resource]["Properties"][uri] = f"s3://artifacts/{resource}"
    with pytest.MonkeyPatch.context() as here:
        here.setenv("AWS_DEFAULT_REGION", "us-east-1")  # decides the partition of ARNs
        return transform(template, PARAMETERS, NoManagedPolicies())
