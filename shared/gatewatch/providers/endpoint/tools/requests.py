"""Addresses of which a request mints a token: device codes, token endpoints, instance metadata."""

import re

from .row import Tool, ToolClass

_LOGIN_HOSTS = r"login\.(?:microsoftonline\.(?:com|us|de)|microsoft\.com|windows\.net|partner\.microsoftonline\.cn|chinacloudapi\.cn)"
_METADATA = r"(?:169\.254\.169\.254|2852039166|0xa9fea9fe|0xa9\.0xfe\.0xa9\.0xfe|\[(?:::ffff:)?(?:169\.254\.169\.254|a9fe:a9fe|fd00:ec2::254)\]|metadata\.google\.internal|metadata)"


def _tool(name: str, family: str, kind: ToolClass, source: str) -> Tool:
    return Tool(name=name, family=family, kind=kind, source=source)


_ADDRESSES: tuple[tuple[re.Pattern[str], Tool], ...] = tuple(
    (re.compile(expression, re.IGNORECASE), tool)
    for expression, tool in (
        (
            rf"{_LOGIN_HOSTS}/[^/\s\"']{{1,100}}/oauth2/(?:v2\.0/)?devicecode",
            _tool("device code by hand", "request", ToolClass.LOGIN, "learn.microsoft.com/entra/identity-platform/v2-oauth2-device-code"),
        ),
        (
            rf"{_LOGIN_HOSTS}/[^/\s\"']{{1,100}}/oauth2/(?:v2\.0/)?token\b",
            _tool("token request by hand", "request", ToolClass.LOGIN, "learn.microsoft.com/entra/identity-platform/v2-oauth2-ropc"),
        ),
        (
            rf"{_METADATA}(?::80)?/+metadata/identity/oauth2/token",
            _tool(
                "managed identity token by hand", "metadata", ToolClass.TOKEN, "learn.microsoft.com managed-identities how-to-use-vm-token"
            ),
        ),
        (
            r"(?:identity_endpoint|msi_endpoint)\b.{0,400}?(?:x-identity-header|identity_header|msi_secret|secret:)",
            _tool(
                "managed identity token by hand", "metadata", ToolClass.TOKEN, "learn.microsoft.com app-service overview-managed-identity"
            ),
        ),
        (
            rf"{_METADATA}(?::80)?/+[\w.-]{{1,20}}/meta-data/(?:iam|identity-credentials/ec2)/security-credentials/[^\s\"']",
            _tool(
                "instance role credentials by hand",
                "metadata",
                ToolClass.TOKEN,
                "docs.aws.amazon.com/AWSEC2 instance-metadata-security-credentials",
            ),
        ),
        (
            r"169\.254\.170\.(?:2|23)/+v\d/credentials|aws_container_credentials_(?:relative|full)_uri",
            _tool("container role credentials by hand", "metadata", ToolClass.TOKEN, "docs.aws.amazon.com/AmazonECS task-iam-roles"),
        ),
        (
            rf"{_METADATA}(?::80)?/+computemetadata/v1/instance/service-accounts/[^/\s\"']{{1,200}}/(?:token|identity)",
            _tool("service account token by hand", "metadata", ToolClass.TOKEN, "cloud.google.com/compute/docs/metadata"),
        ),
        (
            r"169\.254\.169\.254/+opc/v\d/identity/|100\.100\.100\.200/+[\w.-]{1,20}/meta-data/ram/security-credentials/[^\s\"']",
            _tool("instance credentials by hand", "metadata", ToolClass.TOKEN, "documentation of Oracle and Alibaba metadata services"),
        ),
        (
            r"oauth2\.googleapis\.com/(?:token|device/code)|accounts\.google\.com/o/oauth2/(?:token|device/code)|googleapis\.com/oauth2/v\d/token",
            _tool("token request by hand", "request", ToolClass.LOGIN, "developers.google.com/identity/protocols/oauth2"),
        ),
        (
            r"oidc\.[\w-]{1,30}\.amazonaws\.com/(?:token|device_authorization|client/register)|portal\.sso\.[\w-]{1,30}\.amazonaws\.com/federation/credentials",
            _tool("device code by hand", "request", ToolClass.LOGIN, "docs.aws.amazon.com/singlesignon OIDC API"),
        ),
        (
            r"signin\.aws\.amazon\.com/federation\?[^\s\"']{0,400}action=getsignintoken|\bsts\.(?:[\w-]{1,30}\.)?amazonaws\.com/?\?[^\s\"']{0,400}action=",
            _tool("token request by hand", "request", ToolClass.TOKEN, "docs.aws.amazon.com/IAM sign-in federation"),
        ),
    )
)
_LONGEST = 65_536

PROGRAMS = frozenset({"curl", "wget", "wget2", "http", "https", "httpie", "xh", "curlie", "certutil", "bitsadmin", "aria2c"})
"""Programs that send a request which stands on their command line."""

CMDLETS = frozenset({"invoke-restmethod", "irm", "invoke-webrequest", "iwr", "curl", "wget", "start-bitstransfer"})
"""The same for PowerShell."""


def request_of(text: str) -> Tool | None:
    """The row of the first address in this text that mints a token, or None."""
    text = text[:_LONGEST]
    return next((tool for address, tool in _ADDRESSES if address.search(text)), None)
