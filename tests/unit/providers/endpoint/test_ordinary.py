"""What SDKs and Kubernetes clients start by themselves is no login; servers, first uses and renamed shells weigh more."""

import base64

import pytest

from gatewatch.providers.endpoint.agent_document import Document
from gatewatch.providers.endpoint.circumstances import own_modifiers
from gatewatch.providers.endpoint.context_events import credential_file, knows, login_domain
from gatewatch.providers.endpoint.ordinary import under_web_server
from tests.builders import endpoint
from tests.builders.common import NOON, activity, detail

AZ_SDK = "az account get-access-token --output json --resource https://management.azure.com"
AZD_SDK = "azd auth token --output json --no-prompt --scope https://management.azure.com/.default"
SCRIPT = "$ErrorActionPreference = 'Stop'\nImport-Module Az.Accounts -MinimumVersion 2.2.0\nGet-AzAccessToken -ResourceUrl x"
PWSH_SDK = "pwsh -NoProfile -NonInteractive -EncodedCommand " + base64.b64encode(SCRIPT.encode("utf-16-le")).decode()


def started(line, parent=None, parent_line=None, **process):
    name = line.split(maxsplit=1)[0]
    made = {"name": name, "command_line": line, **({"parent": {"name": parent, "command_line": parent_line}} if parent else {}), **process}
    return endpoint.started("p", NOON, line, process=made)


@pytest.mark.parametrize(
    ("line", "parent", "parent_line", "seen"),
    [
        pytest.param(AZ_SDK, "python3", "python3 app.py", False, id="az by an SDK"),
        pytest.param(AZ_SDK, "bash", "-bash", True, id="the same line in a shell"),
        pytest.param(AZ_SDK, "bash", None, True, id="in a shell whose line nobody knows"),
        pytest.param(AZ_SDK, "pwsh", "pwsh", True, id="in PowerShell"),
        pytest.param(AZ_SDK, None, None, True, id="nobody knows the parent"),
        pytest.param(AZ_SDK, "cmd.exe", f"cmd /c {AZ_SDK}", False, id="az under the shell that the SDK started"),
        pytest.param(AZ_SDK, "w3wp.exe", "w3wp.exe -ap x", True, id="under a web server"),
        pytest.param(AZ_SDK + " --query accessToken", "python3", "python3 app.py", True, id="another line"),
        pytest.param(AZD_SDK, "node", "node app.js", False, id="azd by an SDK"),
        pytest.param(PWSH_SDK, "dotnet", "dotnet app.dll", False, id="PowerShell by an SDK"),
        pytest.param(PWSH_SDK, "cmd.exe", "cmd.exe", True, id="the same in a shell"),
        pytest.param("kubelogin get-token --server-id x", "kubectl", "kubectl get pods", False, id="a plug-in of kubectl"),
        pytest.param("kubelogin get-token --server-id x", "bash", "-bash", True, id="the same in a shell"),
        pytest.param("aws-sso-util credential-process --role x", "terraform", "terraform plan", False, id="a credential process"),
        pytest.param("aws-sso-util credential-process --role x", "zsh", "-zsh", True, id="the same in a shell"),
        pytest.param("az login", "python3", "python3 app.py", True, id="a login by a program"),
    ],
)
def test_what_a_program_starts_by_itself(read, line, parent, parent_line, seen):
    found = detail(read(started(line, parent, parent_line)))
    assert (found.tool is not None, found.by_itself is None) == (seen, seen)
    assert found.tool_family in {"az", "azd", "Az PowerShell", "kubelogin", "aws-sso-util"}


CLUSTER_CLIENTS = [
    "kubectl",
    "k9s",
    "helm",
    "argocd",
    "oc",
    "flux",
    "kustomize",
    "lens",
    "stern",
    "kubectx",
    "skaffold",
    "tilt",
    "terraform",
    "bazel",
    "gke-gcloud-auth-plugin",
    "kubecolor",
]
SERVERS = [
    "w3wp",
    "httpd",
    "apache2",
    "apache",
    "nginx",
    "php-fpm",
    "php-fpm8.2",
    "php-cgi",
    "php",
    "tomcat",
    "tomcat8",
    "tomcat10",
    "catalina",
    "jetty",
    "iisexpress",
    "sqlservr",
    "mysqld",
    "mariadbd",
    "postgres",
    "oracle",
    "umworkerprocess",
    "lighttpd",
    "caddy",
    "uwsgi",
    "gunicorn",
    "ws_tomcatservice",
    "coldfusion",
    "nodejs-server",
]


@pytest.mark.parametrize("client", CLUSTER_CLIENTS)
def test_a_client_of_clusters_starts_its_plug_in(read, client):
    assert detail(read(started("kubelogin get-token --server-id x", client, f"{client} get pods"))).tool is None
    assert detail(read(started("kubelogin get-token --server-id x", f"my{client}", f"my{client} get pods"))).tool is not None


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("end", ["", ".exe"])
def test_what_a_server_starts_never_starts_itself(read, server, end):
    parent = f"/usr/sbin/{server}{end}"
    assert detail(read(started(AZ_SDK, parent, parent))).tool is not None
    assert detail(read(started(AZ_SDK, "agent", "agent"))).tool is None
    assert {
        one.name for one in own_modifiers(activity(endpoint.typed(parent_name=server)), detail(endpoint.typed(parent_name=server)))
    } == {"server"}


@pytest.mark.parametrize(
    ("parent", "line", "serves"),
    [
        pytest.param("java", "java org.apache.tomcat.Main", True, id="Java"),
        pytest.param("node", "node /opt/wildfly/main.js", True, id="Node"),
        pytest.param("python3.12", "python3 -m gunicorn app", True, id="Python"),
        pytest.param("bash", "bash -c gunicorn", False, id="a shell with such a line"),
        pytest.param("java", "java -jar agent.jar", False, id="another line"),
        pytest.param("java", None, False, id="no line"),
        pytest.param(None, "java org.apache.tomcat.Main", False, id="no name"),
    ],
)
def test_a_server_by_its_line(parent, line, serves):
    assert under_web_server(parent, line) is serves


def test_the_script_of_an_sdk_hides_nothing(read):
    assert not detail(read(started(PWSH_SDK, "cmd.exe", "cmd.exe"))).obfuscated


def test_a_renamed_shell_is_seen_and_said_to_hide(read):
    record = started(
        "C:\\Temp\\update.exe -c Connect-AzAccount", "explorer.exe", "", name="update.exe", pe={"original_file_name": "PowerShell.EXE"}
    )

    assert (detail(read(record)).tool, detail(read(record)).obfuscated) == ("Connect-AzAccount", True)


@pytest.mark.parametrize(
    ("changes", "firsts", "points"),
    [
        pytest.param({}, (), {}, id="daily work"),
        pytest.param({}, ("tool",), {"first tool on host": 15}, id="first"),
        pytest.param({"server": True}, (), {"server": 15}, id="a server"),
        pytest.param({"parent_name": "w3wp.exe"}, (), {"server": 15}, id="a web server's child"),
        pytest.param(
            {"parent_name": "php-fpm8.2", "server": True}, ("tool",), {"first tool on host": 15, "server": 15}, id="all, each once"
        ),
        pytest.param({"parent_name": "java", "parent_command_line": "java org.apache.tomcat.Main"}, (), {"server": 15}, id="a Java server"),
        pytest.param({"parent_name": "java", "parent_command_line": "java -jar agent.jar"}, (), {}, id="another Java program"),
    ],
)
def test_circumstances(changes, firsts, points):
    event = endpoint.typed(**changes)
    found = own_modifiers(activity(event, firsts=firsts), detail(event))

    assert {modifier.name: modifier.points for modifier in found} == points


@pytest.mark.parametrize(
    ("name", "version", "server"),
    [("Windows Server 2022 Datacenter", "10.0", True), ("Windows 11 Pro", "10.0", False), (None, None, False)],
)
def test_a_server_edition(read, name, version, server):
    found = read(started("az login") | {"host": {"id": "h", "name": "h", "os": {"name": name, "version": version}}})

    assert detail(found).server is server


@pytest.mark.parametrize(
    ("document", "domain"),
    [
        ({"event": {"category": ["network"]}, "destination": {"domain": "login.microsoftonline.com"}}, "login.microsoftonline.com"),
        ({"event": {"category": ["network"]}, "destination": {"domain": "OIDC.eu-west-1.amazonaws.com."}}, "oidc.eu-west-1.amazonaws.com"),
        ({"event": {"code": "3"}, "winlog": {"event_data": {"DestinationHostname": "signin.aws.amazon.com"}}}, "signin.aws.amazon.com"),
        ({"event": {"category": ["network"]}, "destination": {"domain": "login.microsoftonline.com.evil.example"}}, None),
        ({"event": {"category": ["process"]}, "destination": {"domain": "login.microsoftonline.com"}}, None),
    ],
)
def test_connections_to_login_addresses(document, domain):
    assert login_domain(Document(document)) == domain


@pytest.mark.parametrize(
    ("types", "path", "seen"),
    [
        (["creation"], "/home/a/.aws/credentials", True),
        (["change"], "C:\\Users\\a\\.azure\\msal_token_cache.bin", True),
        (["deletion"], "/home/a/.aws/credentials", False),
        (["creation"], "/home/a/notes/.aws.txt", False),
    ],
)
def test_changed_credential_files(types, path, seen):
    assert (credential_file(Document({"event": {"category": ["file"], "type": types}, "file": {"path": path}})) is not None) == seen


@pytest.mark.parametrize(
    ("program", "known"), [("chrome.exe", True), ("aws.exe", True), ("python3.12", True), (None, True), ("updater2.exe", False)]
)
def test_programs_that_connect_ordinarily(program, known):
    assert knows(program) is known
