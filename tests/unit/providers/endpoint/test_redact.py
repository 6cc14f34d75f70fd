"""No secret of a command line survives, and what is no secret stays readable."""

import base64
import shlex
from contextlib import suppress

import pytest

from gatewatch.providers.endpoint.redact import REDACTED, redact, redact_args
from gatewatch.providers.endpoint.shell_lexer import windows
from gatewatch.providers.endpoint.tools.environment import NAMES as CREDENTIALS

SECRET = "Hunter2-s3cr3t!"
AWS_SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def encoded(script: str) -> str:
    return base64.b64encode(script.encode("utf-16-le")).decode()


LINES = [
    (f"az login -u alice -p {SECRET}", SECRET),
    (f'az login -u alice -p "{SECRET} two"', "two"),
    (f"az login -u alice -p={SECRET}", SECRET),
    (f"az login --username alice --password {SECRET}", SECRET),
    (f"az login --password={SECRET}", SECRET),
    (f"az login --service-principal -u id -p '{SECRET}' --tenant t", SECRET),
    (f"az login --service-principal --client-secret {SECRET}", SECRET),
    (f"az login --federated-token {JWT}", JWT),
    (f"python -m azure.cli login -u a -p {SECRET}", SECRET),
    (f'cmd /c "C:\\CLI2\\wbin\\az.cmd" login -p {SECRET}', SECRET),
    (f"aws configure set aws_secret_access_key {AWS_SECRET}", AWS_SECRET),
    (f"aws configure set aws_session_token {SECRET}", SECRET),
    ("aws configure set aws_access_key_id AKIAIOSFODNN7EXAMPLE", "AKIAIOSFODNN7EXAMPLE"),
    (f"AWS_SECRET_ACCESS_KEY={AWS_SECRET} aws sts get-caller-identity", AWS_SECRET),
    (f"export AWS_SESSION_TOKEN={SECRET} && aws sts get-caller-identity", SECRET),
    (f"set AWS_SECRET_ACCESS_KEY={SECRET}&& aws sts get-caller-identity", SECRET),
    (f"setx AWS_SECRET_ACCESS_KEY {SECRET}", SECRET),
    (f"echo {AWS_SECRET} | aws configure", AWS_SECRET),
    (f"printf {SECRET} | az login", SECRET),
    (f"powershell $env:AWS_SECRET_ACCESS_KEY='{SECRET}'; aws sts get-caller-identity", SECRET),
    (f'powershell $env:FOO = "{SECRET}"; az login', SECRET),
    (f"powershell Connect-AzAccount -Credential {SECRET}", SECRET),
    (f"powershell Connect-AzAccount -Credential (New-Object PSCredential('bob', '{SECRET}'))", SECRET),
    (f"powershell $c=[PSCredential]::new('bob', '{SECRET}'); Connect-AzAccount -Credential $c", SECRET),
    (f"powershell ConvertTo-SecureString '{SECRET}' -AsPlainText -Force", SECRET),
    (f"powershell ConvertTo-SecureString -String '{SECRET}' -AsPlainText -Force", SECRET),
    (f"powershell ConvertTo-SecureString -AsPlainText -Force -String {SECRET}", SECRET),
    (f"powershell $password = '{SECRET}'; Connect-AzAccount", SECRET),
    (f"powershell Connect-MgGraph -AccessToken {JWT}", JWT),
    (f"powershell Connect-MgGraph -ClientSecret:{SECRET}", SECRET),
    (f"powershell -enc {encoded(f'az login -u a -p {SECRET}')}", SECRET),
    (f"powershell -EncodedCommand {encoded(f'az login -u a -p {SECRET}')}", encoded(f"az login -u a -p {SECRET}")),
    (f"az storage blob list --account-key {AWS_SECRET}==", AWS_SECRET),
    (f"az storage blob list --sas-token '?sv=2024&sig={SECRET}'", SECRET),
    (f"curl 'https://x.blob.core.windows.net/c?sv=2024&sig={SECRET}%3D&se=1'", SECRET),
    (f"az storage list --connection-string 'DefaultEndpointsProtocol=https;AccountKey={AWS_SECRET};'", AWS_SECRET),
    (f"run 'Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey={SECRET}'", SECRET),
    (f"run 'Server=x;User Id=sa;Password={SECRET};'", SECRET),
    (f"curl -H 'Authorization: Bearer {SECRET}' https://x", SECRET),
    (f"git clone https://bob:{SECRET}@example.com/r.git", SECRET),
    (f"curl -d '{{\"password\": \"{SECRET}\"}}' https://x", SECRET),
    (f"gcloud auth login --access-token {SECRET}", SECRET),
    ("run ghp_abcdefghijklmnopqrstuvwxyz0123456789", "ghp_abcdefghijklmnopqrstuvwxyz0123456789"),
    ("run -x abc8Q~abcdefghijklmnopqrstuvwxyz01234567", "8Q~abcdefghijklmnopqrstuvwxyz"),
    ("echo '-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----'", "MIIabc"),
    ("echo '-----BEGIN PRIVATE KEY-----\nMIIabc cut off", "MIIabc"),
    (f"az ad sp credential reset --credential-password {SECRET}", SECRET),
    (f"mysql --password={SECRET} -u root", SECRET),
    (f"az login -p{SECRET}", SECRET),
    ("az login --password $uper5ecret", "uper5ecret"),
    (f"powershell $secpasswd = ConvertTo-SecureString '{SECRET}' -AsPlainText -Force", SECRET),
    (f"docker login -u x -p {SECRET}", SECRET),
    (f"curl -u bob:{SECRET} https://x", SECRET),
    (f"echo {SECRET}| az login", SECRET),
    (f"az login <<< {SECRET}", SECRET),
    (f'cmd /c "set PW={SECRET}&& az login -p %PW%"', SECRET),
    ("az login -p $uper5ecret", "uper5ecret"),
    ("powershell Connect-X -Password 'p@$$w0rd one'", "w0rd"),
    (f'bash -c "az login -p \\"{SECRET}\\""', SECRET),
    (f"powershell [Environment]::SetEnvironmentVariable('AWS_SECRET_ACCESS_KEY', '{SECRET}')", SECRET),
    (f"powershell New-Object System.Net.NetworkCredential('bob', '{SECRET}')", SECRET),
]  # fmt: skip


@pytest.mark.parametrize(("line", "secret"), LINES, ids=[line[:48] for line, _ in LINES])
def test_secrets_go(line, secret):
    kept = redact(line)
    assert secret not in kept
    assert REDACTED in kept


@pytest.mark.parametrize(("line", "secret"), LINES, ids=[line[:48] for line, _ in LINES])
def test_secrets_go_from_arguments_as_they_go_from_the_line(line, secret):
    split = [[word.text for word in windows(line)]]
    with suppress(ValueError):  # an apostrophe of PowerShell is an open quote to a POSIX shell
        split.append(shlex.split(line))
    for args in split:
        assert secret not in " ".join(redact_args(args))


@pytest.mark.parametrize("name", sorted(CREDENTIALS - {"google_application_credentials", "cloudsdk_auth_credential_file_override"}))
def test_every_variable_of_a_credential_loses_its_value(name):
    for line in (f"{name.upper()}=ABCDEFGH terraform init", f"export {name.upper()}='ABCDEFGH'", f"setx {name.upper()} ABCDEFGH"):
        assert "ABCDEFGH" not in redact(line)
        assert "ABCDEFGH" not in " ".join(redact_args(line.split()))


@pytest.mark.parametrize(
    "line",
    [
        "Get-AzAccessToken | Select-Object Token, ExpiresOn",
        "az login",
        "az login --service-principal -u id --tenant t --certificate cert.pem",
        "az login --use-device-code --tenant contoso.onmicrosoft.com",
        "aws sts get-caller-identity --profile prod",
        "aws sso login --profile prod",
        "aws --profile prod sts assume-role --role-arn arn:aws:iam::111122223333:role/Admin --role-session-name alice@contoso.com",
        "gcloud auth activate-service-account --key-file /etc/key.json",
        "powershell.exe Connect-ExchangeOnline -Credential $creds",
        "powershell -NoProfile -ExecutionPolicy Bypass -File C:\\scripts\\run.ps1",
        "az login --password",
        "mkdir -p /srv/data/one/two",
        "git checkout 0123456789abcdef0123456789abcdef01234567",
        '"C:\\Program Files\\Amazon\\AWSCLIV2\\aws.exe" sts get-caller-identity',
        "/usr/bin/python3 -IBm azure.cli login",
        "cat /proc/123/status",
        "powershell $cred = Get-Credential; Connect-AzAccount -Credential $cred",
    ],
)
def test_the_rest_stays(line):
    assert redact(line) == line


@pytest.mark.parametrize(
    ("args", "secret"),
    [
        (["az", "login", "-u", "a", "-p", SECRET], SECRET),
        (["az", "login", "--password", SECRET], SECRET),
        (["az", "login", f"--password={SECRET}"], SECRET),
        (["az", "login", "-p", "$uper5ecret"], "uper5ecret"),
        (["az", "login", "-p", f"{SECRET} with blanks"], "blanks"),
        (["aws", "configure", "set", "aws_secret_access_key", SECRET], SECRET),
        (["bash", "-c", f"az login -p {SECRET}"], SECRET),
        (["powershell", "-enc", encoded(f"az login -u a -p {SECRET}")], SECRET),
        (["powershell.exe", "-EncodedCommand", encoded(f"az login -p {SECRET}")], encoded(f"az login -p {SECRET}")),
        (["powershell", "Connect-AzAccount", "-Credential", SECRET], SECRET),
        (["python3", "-IBm", "azure.cli", "login", "-p", SECRET], SECRET),
    ],
)
def test_secrets_in_arguments_go(args, secret):
    assert not any(secret in arg for arg in redact_args(args))


def test_an_encoded_command_is_kept_as_what_it_says():
    assert "az login -u a" in redact(f"powershell -enc {encoded(f'az login -u a -p {SECRET}')}")


@pytest.mark.parametrize("line", ["a" * 100_000, "'" * 30_000, "PSCredential" * 5_000, "://a:" * 20_000, "x_" * 50_000, "- " * 50_000])
def test_hostile_texts_end_unchanged(line):
    assert redact("az " + line) == "az " + line


def test_a_secret_of_many_secrets_goes_whole():
    assert redact("az " + "pass=" * 20_000) == "az pass=[REDACTED]"
