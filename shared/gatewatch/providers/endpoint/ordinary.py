"""Commands that another program starts by itself, so that they say nothing about a person: lines of SDKs, plug-ins of Kubernetes clients."""

import re

from .programs import POWERSHELLS, SHELLS, is_python, stem
from .tools.row import Tool

_SDK_LINE = re.compile(
    r"\baccount\s+get-access-token\s+(?:-o|--output)\s+json\s+(?:--resource|--scope)\s+\S+(?:\s+--(?:tenant|subscription)\s+\S+){0,2}[\"'\s]*(?:&\s*exit)?[\"'\s]*$"
    r"|\bauth\s+token\s+(?:-o|--output)\s+json(?:\s+--no-prompt)?(?:\s+--scope\s+\S+){1,8}(?:\s+--tenant-id\s+\S+)?[\"'\s]*(?:&\s*exit)?[\"'\s]*$"
)
_CLUSTER_CLIENTS = frozenset({
    "kubectl", "k9s", "helm", "argocd", "oc", "flux", "kustomize", "lens", "stern", "kubectx", "skaffold", "tilt", "terraform", "bazel",
    "gke-gcloud-auth-plugin", "kubecolor",
})  # fmt: skip
_SERVERS = frozenset({
    "w3wp", "httpd", "apache2", "apache", "nginx", "php-cgi", "php", "catalina", "jetty", "iisexpress", "sqlservr", "mysqld", "mariadbd",
    "postgres", "oracle", "umworkerprocess", "lighttpd", "caddy", "uwsgi", "gunicorn", "ws_tomcatservice", "coldfusion", "nodejs-server",
})  # fmt: skip
_SERVER_LINE = re.compile(r"\b(?:catalina|org\.apache\.tomcat|org\.eclipse\.jetty|weblogic\.Server|jboss|wildfly|gunicorn|uwsgi|uvicorn)\b")


def under_web_server(parent: str | None, parent_line: str | None) -> bool:
    """Whether the parent is a web, application or database server."""
    name = stem(parent) if parent else ""
    served = name in _SERVERS or name.startswith(("php-fpm", "tomcat"))
    return served or ((name in {"java", "node"} or is_python(name)) and _SERVER_LINE.search(parent_line or "") is not None)


def starts_itself(tool: Tool, line: str, parent: str | None, parent_line: str | None, *, sdk: bool) -> bool:
    """Whether this command is one that its parent starts by itself. Never without a known parent, and never under a server."""
    if not parent or under_web_server(parent, parent_line):
        return False
    name = stem(parent)
    shell = name in SHELLS or name in POWERSHELLS or name == "cmd"
    if tool.parents == "shell":
        return not shell
    if tool.parents == "cluster":
        return name in _CLUSTER_CLIENTS
    if sdk or _SDK_LINE.search(line):
        return not shell or _SDK_LINE.search(parent_line or "") is not None
    return False
