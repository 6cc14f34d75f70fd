"""Microsoft's clouds: where their Graph answers, where an application signs in, and what their Graph does not have.

Sources: Microsoft Learn, "Microsoft Graph national cloud deployments"; azure-identity's ``AzureAuthorityHosts``; the v1.0 schema of each
cloud in microsoftgraph/msgraph-metadata (Mooncake has no identityProtection).
"""

from urllib.parse import urlsplit

from msgspec import Struct


class MicrosoftCloud(Struct, frozen=True, kw_only=True):
    """One cloud."""

    graph: str
    authority: str
    risk_detections: bool = True


_US = "https://login.microsoftonline.us"
CLOUDS = (
    MicrosoftCloud(graph="graph.microsoft.com", authority="https://login.microsoftonline.com"),
    MicrosoftCloud(graph="graph.microsoft.us", authority=_US),
    MicrosoftCloud(graph="dod-graph.microsoft.us", authority=_US),
    MicrosoftCloud(graph="microsoftgraph.chinacloudapi.cn", authority="https://login.chinacloudapi.cn", risk_detections=False),
)


def cloud_of(base_url: str) -> MicrosoftCloud | None:
    """The cloud of a Graph; None for an address that is none of Microsoft's."""
    host = urlsplit(base_url).hostname
    return next((cloud for cloud in CLOUDS if cloud.graph == host), None)


def has_risk_detections(base_url: str) -> bool:
    """Whether this Graph has risk detections."""
    cloud = cloud_of(base_url)
    return cloud is None or cloud.risk_detections
