"""Environment variables that carry a credential into a command."""

import re

from .row import Tool, ToolClass

NAMES = frozenset({
    "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "aws_security_token", "aws_bearer_token_bedrock",
    "azure_client_secret", "azure_password", "azure_access_token", "arm_client_secret", "arm_access_key", "arm_oidc_token",
    "google_oauth_access_token", "google_application_credentials", "google_credentials", "cloudsdk_auth_access_token",
    "cloudsdk_auth_credential_file_override", "digitalocean_access_token", "digitalocean_token", "hcloud_token",
    "alicloud_access_key", "alicloud_secret_key", "alibaba_cloud_access_key_id", "alibaba_cloud_access_key_secret",
    "ibmcloud_api_key", "ic_api_key", "linode_cli_token", "linode_token", "oci_cli_key_content", "tencentcloud_secret_key",
    "tencentcloud_secret_id",
})  # fmt: skip
"""Their names, in lower case. The two that end in "credentials" and "file_override" hold the path of a file at most times."""
_ASSIGNED = re.compile(r"(?:--?e(?:nv)?[= ]?)?([A-Za-z_][A-Za-z0-9_]{2,63})=(.*)", re.DOTALL)
_PASSED_ON = re.compile(r"\$(?:env:)?\{?([A-Za-z_][A-Za-z0-9_]*)\}?|%([A-Za-z_][A-Za-z0-9_]*)%")
_PLACEHOLDERS = frozenset({"", "test", "dummy", "''", '""'})  # LocalStack and unit tests use "test"

TOOL = Tool(
    name="credentials in the environment",
    family="environment",
    kind=ToolClass.LOGIN,
    source="docs.aws.amazon.com/cli envvars; learn.microsoft.com azure-identity EnvironmentVariables; a key for the next command is its login",
)


def assigns(text: str) -> bool:
    """Whether this word gives such a variable a value of its own (``X=value``, ``-eX=value``)."""
    found = _ASSIGNED.fullmatch(text)
    return found is not None and sets(found.group(1), found.group(2))


def sets(name: str, value: str) -> bool:
    """Whether setting this variable to this value carries a credential: not when it is empty, a placeholder or passed on."""
    value = value.strip().strip("\"'")
    passed = _PASSED_ON.fullmatch(value)
    return (
        name.casefold() in NAMES
        and value.casefold() not in _PLACEHOLDERS
        and not (passed and (passed.group(1) or passed.group(2)).casefold() == name.casefold())
    )
