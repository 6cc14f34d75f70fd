"""template.yaml as it is written, and as the SAM transform expands it."""

from typing import Any

import pytest
from samtranslator.public.translator import ManagedPolicyLoader
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

from scripts.local_cloud.lambda_artifact import ROOT

PARAMETERS = {
    "ElasticUrl": "https://es.example.com:9243",
    "ElasticApiKeySecretArn": "arn:aws:secretsmanager:us-east-1:123456789012:secret:key-AbCdEf",
}


class NoManagedPolicies(ManagedPolicyLoader):
    def __init__(self) -> None:
        super().__init__(iam_client=None)

    def load(self) -> dict[str, str]:
        return {}


@pytest.fixture(scope="session")
def source() -> dict[str, Any]:
    """template.yaml."""
    return yaml_parse((ROOT / "template.yaml").read_text("utf-8"))


@pytest.fixture(scope="session")
def forwarder() -> dict[str, Any]:
    """The resources of the region forwarder."""
    return yaml_parse((ROOT / "infra" / "aws" / "region-forwarder.yaml").read_text("utf-8"))["Resources"]


@pytest.fixture(scope="session")
def resources() -> dict[str, Any]:
    """The expanded resources of template.yaml."""
    template = yaml_parse((ROOT / "template.yaml").read_text("utf-8"))
    for name in ("Detector", "SharedLayer"):
        uri = "CodeUri" if name == "Detector" else "ContentUri"
        template["Resources"][name]["Properties"][uri] = f"s3://artifacts/{name}"
    with pytest.MonkeyPatch.context() as here:
        here.setenv("AWS_DEFAULT_REGION", "us-east-1")  # decides the partition of ARNs
        return transform(template, PARAMETERS, NoManagedPolicies())["Resources"]
