"""One-line programs of interpreters that use a cloud's library to log in."""

import re

from .row import Tool, ToolClass

_LONGEST = 65_536


def _library(name: str, source: str) -> Tool:
    return Tool(name=name, family=name, kind=ToolClass.LOGIN, source=source)


_LIBRARIES: tuple[tuple[re.Pattern[str], re.Pattern[str], Tool], ...] = (
    (
        re.compile(r"\b(?:boto3|botocore|aioboto3|aiobotocore)\b"),
        re.compile(
            r"get_caller_identity|assume_role|get_session_token|get_federation_token|\bSession\s*\(|aws_access_key_id|get_role_credentials|create_token|\bget_session\s*\(\)|create_client\s*\("
        ),
        _library("boto3", "boto3.amazonaws.com/v1/documentation/api/latest"),
    ),
    (
        re.compile(r"\bazure[.\s]+identity\b|\bazure\.identity\.|@azure/identity"),
        re.compile(r"Credential\b"),
        _library("azure-identity", "learn.microsoft.com/python/api/azure-identity"),
    ),
    (
        re.compile(r"\b(?:msal|adal)\b|@azure/msal-node"),
        re.compile(r"acquire_?token|initiate_device_flow", re.IGNORECASE),
        _library("msal", "learn.microsoft.com/python/api/msal"),
    ),
    (
        re.compile(r"\bgoogle[.\s]+(?:auth|oauth2)\b|google-auth-library"),
        re.compile(r"\bdefault\s*\(|from_service_account|fetch_id_token|GoogleAuth\b|getAccessToken"),
        _library("google-auth", "google-auth.readthedocs.io"),
    ),
    (
        re.compile(r"@aws-sdk/|aws-sdk\b|Aws::STS|Aws\\Sts"),
        re.compile(r"client-sts|credential-provider|STSClient|getCallerIdentity|assumeRole|\bSTS\b|accessKeyId", re.IGNORECASE),
        _library("AWS SDK", "docs.aws.amazon.com/sdk-for-javascript"),
    ),
    (
        re.compile(r"\[(?:System\.)?(?:Azure\.Identity|Microsoft\.Identity\.Client)\.", re.IGNORECASE),
        re.compile(r"Credential|AcquireToken|ApplicationBuilder", re.IGNORECASE),
        _library("azure-identity", "learn.microsoft.com/dotnet/api/azure.identity"),
    ),
)  # fmt: skip


def library_of(text: str) -> Tool | None:
    """The row of the library by which this program logs in, or None."""
    text = text[:_LONGEST]
    return next((tool for imported, used, tool in _LIBRARIES if imported.search(text) and used.search(text)), None)
