"""The endpoint pattern: what authenticates a cloud command line, and what only mentions one."""

import base64

import pytest

from gatewatch.providers.endpoint.command_line import verdict_of, wildcard


def encoded(script: str) -> str:
    return base64.b64encode(script.encode("utf-16-le")).decode()


MUST = [
    ("az", "az login", "az login"),
    ("az", "az  login", "az login"),
    ("az", "/usr/bin/az login --use-device-code", "az login"),
    ("az", "az --only-show-errors login", "az login"),
    ("az", "az login --service-principal -u app -p x --tenant t", "az login"),
    ("az", "az account set --subscription prod", "az account set"),
    ("az", "az --subscription s account set", "az account set"),
    ("bash", "/bin/bash /usr/bin/az login", "az login"),
    ("python3", "/usr/bin/python3 -IBm azure.cli login", "az login"),
    ("python.exe", '"C:\\Program Files\\Microsoft SDKs\\Azure\\CLI2\\python.exe" -IBm azure.cli login', "az login"),
    ("python", "python -m azure.cli login", "az login"),
    ("python3.11", "python3.11 -mazure.cli account set -s x", "az account set"),
    ("py.exe", "py -3 -m azure.cli login", "az login"),
    ("python", "python -X utf8 -m azure.cli login", "az login"),
    ("python3", "/usr/bin/python3 /usr/local/bin/aws sts get-caller-identity", "aws sts get-caller-identity"),
    ("python3", "python3 /usr/lib/google-cloud-sdk/lib/gcloud.py auth login", "gcloud auth login"),
    ("python3", "python3 -c \"import os; os.system('az login')\"", "az login"),
    ("python3", "python3 -c \"import subprocess; subprocess.run(['aws', 'sso', 'login'])\"", "aws sso login"),
    ("cmd.exe", 'cmd.exe /c ""C:\\Program Files\\Microsoft SDKs\\Azure\\CLI2\\wbin\\az.cmd" login"', "az login"),
    ("cmd.exe", 'C:\\Windows\\system32\\cmd.exe /c ""C:\\Program Files\\Microsoft SDKs\\Azure\\CLI2\\wbin\\az.cmd" login"', "az login"),
    ("cmd.exe", "cmd /c az login", "az login"),
    ("cmd.exe", 'cmd.exe /d /s /c "az login"', "az login"),
    ("cmd.exe", "cmd.exe /c cd C:\\ && az login", "az login"),
    ("cmd.exe", 'cmd /c start "" az login', "az login"),
    ("cmd.exe", "cmd /c call az.cmd login", "az login"),
    ("az.cmd", '"C:\\Program Files\\Microsoft SDKs\\Azure\\CLI2\\wbin\\az.cmd" login', "az login"),
    ("aws.exe", '"C:\\Program Files\\Amazon\\AWSCLIV2\\aws.exe" sts get-caller-identity', "aws sts get-caller-identity"),
    ("aws.exe", "aws.exe sts get-caller-identity", "aws sts get-caller-identity"),
    ("aws", "aws --profile x sts get-caller-identity", "aws sts get-caller-identity"),
    ("aws", "aws --region eu-west-1 --no-cli-pager sts assume-role --role-arn r", "aws sts assume-role"),
    ("aws", "aws login", "aws login"),
    ("aws", "aws login --remote", "aws login"),
    ("aws", "aws sso login --profile prod", "aws sso login"),
    ("aws", "aws configure", "aws configure"),
    ("aws", "aws configure sso", "aws configure sso"),
    ("AWS.EXE", "AWS.EXE STS get-caller-identity", "aws sts get-caller-identity"),
    ("gcloud", "gcloud auth login", "gcloud auth login"),
    ("gcloud", "gcloud --project p auth login --no-launch-browser", "gcloud auth login"),
    ("gcloud", "gcloud beta auth login", "gcloud auth login"),
    ("gcloud", "gcloud auth print-access-token", "gcloud auth print-access-token"),
    ("gcloud", "gcloud auth application-default login", "gcloud auth application-default login"),
    ("gcloud", "gcloud auth activate-service-account --key-file key.json", "gcloud auth activate-service-account"),
    ("cmd.exe", 'cmd /c "gcloud.cmd auth login"', "gcloud auth login"),
    ("bash", "bash -c 'az login'", "az login"),
    ("bash", "bash -lc 'cd /srv && az login --identity'", "az login"),
    ("bash", "bash -c az login", "az login"),
    ("sh", 'sh -c "AWS_PROFILE=prod aws sts get-caller-identity"', "aws sts get-caller-identity"),
    ("sh", 'sh -c "sudo -u deploy az login"', "az login"),
    ("sh", "sh -c 'env X=1 nohup gcloud auth login &'", "gcloud auth login"),
    ("sh", "sh -c 'timeout 30 az login'", "az login"),
    ("bash", 'bash -c \'TOKEN="$(gcloud auth print-access-token)"; curl x\'', "gcloud auth print-access-token"),
    ("bash", "bash -c 'if az account show; then true; else az login; fi'", "az login"),
    ("zsh", "-zsh -c 'echo y | az login'", "az login"),
    ("powershell.exe", "powershell.exe Connect-AzAccount", "Connect-AzAccount"),
    ("powershell.exe", "powershell.exe Connect-ExchangeOnline -Credential $creds", "Connect-ExchangeOnline"),
    ("powershell.exe", "powershell.exe -NoProfile -ExecutionPolicy Bypass -Command \"Connect-MgGraph -Scopes 'User.Read.All'\"", "Connect-MgGraph"),
    ("powershell.exe", 'powershell -c "& { Import-Module Az; $null = Connect-AzAccount @param }"', "Connect-AzAccount"),
    ("powershell.exe", 'powershell.exe -Command "Az.Accounts\\Connect-AzAccount -Identity"', "Connect-AzAccount"),
    ("powershell.exe", "powershell.exe -w hidden -c \"iex 'Connect-AzAccount'\"", "Connect-AzAccount"),
    ("powershell.exe", 'powershell.exe -Command "Start-Process az -ArgumentList login"', "az login"),
    ("powershell.exe", 'powershell.exe -Command "& \'C:\\Program Files\\CLI2\\wbin\\az.cmd\' login"', "az login"),
    ("pwsh", "pwsh -c 'Login-AzAccount'", "Connect-AzAccount"),
    ("pwsh", "pwsh -Command connect-mggraph -ClientId $app.AppId", "Connect-MgGraph"),
    ("wsl.exe", "wsl.exe -e az login", "az login"),
    ("powershell.exe", 'powershell.exe -Command "& \\"C:\\CLI2\\wbin\\az.cmd\\" login"', "az login"),
    ("bash", 'bash -c "echo \\"x\\"; az login"', "az login"),
    ("bash", 'bash -c \'x="$(echo "$(az login)")"\'', "az login"),
    ("cmd.exe", f"cmd.exe /c cd {'x' * 9000} & az login", "az login"),
    ("pwsh", 'pwsh -c \'$t = "$(az login)"\'', "az login"),
    ("aws2", "aws2 sts get-caller-identity", "aws sts get-caller-identity"),
    ("pwsh", "Connect-MgGraph -Identity", "Connect-MgGraph"),
    ("powershell.exe", "powershell.exe -File C:\\CLI2\\wbin\\az.ps1 login", "az login"),
    ("powershell.exe", 'powershell.exe -c "$x = az login; $y=az account show"', "az login"),
    ("powershell.exe", 'powershell.exe -c "[void](az login)"', "az login"),
    ("bash", "bash --norc -c 'az login'", "az login"),
    ("bash", "bash -c 'az \\\n login'", "az login"),
    ("python3", "python3 -W ignore -m awscli sts get-caller-identity", "aws sts get-caller-identity"),
    ("bash", 'bash -c "python3 -m azure.cli login"', "az login"),
    ("cmd.exe", "cmd.exe /k az login", "az login"),
    (None, "az login", "az login"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "tool"), MUST, ids=[line for _, line, _ in MUST])
def test_must_match(name, line, tool):
    assert verdict_of(name, line, []).tool == tool
    assert not verdict_of(name, line, []).obfuscated


OBFUSCATED = [
    ("powershell.exe", f"powershell.exe -enc {encoded('Connect-AzAccount')}", "Connect-AzAccount"),
    ("powershell.exe", f"powershell.exe -NoP -W Hidden -EncodedCommand {encoded('az login --identity')}", "az login"),
    ("powershell.exe", f"powershell -e {encoded('aws sts get-caller-identity')}", "aws sts get-caller-identity"),
    ("powershell.exe", f"powershell /ec {encoded('Connect-MgGraph')}", "Connect-MgGraph"),
    ("powershell.exe", f'powershell.exe \u2013EncodedCommand "{encoded("gcloud auth login")}"', "gcloud auth login"),
    ("pwsh", f"pwsh -en {encoded('try { Connect-ExchangeOnline } catch {}')}", "Connect-ExchangeOnline"),
    ("cmd.exe", f"cmd.exe /c powershell -enc {encoded('Connect-AzAccount')}", "Connect-AzAccount"),
    ("cmd.exe", "cmd /c a^z lo^gin", "az login"),
    ("bash", "bash -c 'a\"z\" lo\"gin\"'", "az login"),
    ("bash", "bash -c 'a\\z login'", "az login"),
    ("bash", "bash -c 'az${IFS}login'", "az login"),
    ("bash", "bash -c 'echo YXogbG9naW4= | base64 -d | sh'", "az login"),
    ("powershell.exe", f"powershell.exe -c \"iex ([Text.Encoding]::Unicode.GetString([Convert]::FromBase64String('{encoded('az login')}')))\"", "az login"),
    ("powershell.exe", 'powershell.exe -Command "Con`nect-AzAccount"', "Connect-AzAccount"),
    ("powershell.exe", "powershell.exe -Command \"& ('Connect-' + 'AzAccount')\"", "Connect-AzAccount"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line", "tool"), OBFUSCATED, ids=[line[:60] for _, line, _ in OBFUSCATED])
def test_obfuscation_is_seen_through_and_flagged(name, line, tool):
    verdict = verdict_of(name, line, [])
    assert (verdict.tool, verdict.obfuscated) == (tool, True)


MUST_NOT = [
    ("git", 'git commit -m "az login"'),
    ("git", "git commit -m az login"),
    ("bash", "bash -c 'git commit -m \"az login\"'"),
    ("man", "man aws sts"),
    ("man", "man az login"),
    ("az", "az login --help"),
    ("az", "az login -h"),
    ("aws", "aws help"),
    ("aws", "aws sts help"),
    ("aws", "aws configure help"),
    ("gcloud", "gcloud auth login --help"),
    ("gcloud", "gcloud help auth login"),
    ("powershell.exe", "powershell.exe Get-Help Connect-AzAccount"),
    ("powershell.exe", 'powershell.exe -c "Connect-AzAccount -?"'),
    ("powershell.exe", "powershell.exe -Command \"Write-Host 'Connect-AzAccount'\""),
    ("powershell.exe", "powershell.exe -Command \"'Connect-AzAccount'\""),
    ("powershell.exe", "powershell.exe Get-Command Connect-MgGraph"),
    ("powershell.exe", "powershell.exe Disconnect-ExchangeOnline -Confirm:$false"),
    ("powershell.exe", f"powershell.exe -enc {encoded('Get-Process')}"),
    ("echo", "echo run aws configure first"),
    ("bash", "bash -c 'echo az login'"),
    ("bash", 'bash -c "echo run az login first > README"'),
    ("grep", 'grep -r "az login" docs/'),
    ("bash", "bash -c \"grep -r 'az login' docs/\""),
    ("bash", "bash -c 'sed -i s/x/az login/ f'"),
    ("topaz", "topaz login"),
    ("bash", "bash -c 'topaz login'"),
    ("az", "az logout"),
    ("az", "az account show"),
    ("az", "az vm list --query login"),
    ("aws", "aws s3 ls s3://sts"),
    ("aws", "aws sso logout"),
    ("aws", "aws configure set region eu-west-1"),
    ("gcloud", "gcloud auth list"),
    ("gcloud", "gcloud compute instances list"),
    ("code", "code az login"),
    ("notepad.exe", 'notepad.exe "az login.txt"'),
    ("vim", "vim az login"),
    ("python3", "python3 manage.py login"),
    ("python3", "python3 -c \"print('az login')\""),
    ("bash", "bash -c '# az login'"),
    ("cmd.exe", "cmd.exe /c echo az login"),
    ("cmd.exe", 'cmd.exe /c title "az login"'),
    ("cmd.exe", "cmd.exe"),
    ("cmd.exe", "cmd.exe /q"),
    ("bash", "bash -x"),
    ("bash", "bash script.sh az login"),
    ("python3", "python3 -m http.server"),
    ("python3", "python3 -i"),
    ("powershell.exe", "powershell.exe -NoProfile"),
    ("powershell.exe", "powershell.exe -enc A"),
    ("powershell.exe", "powershell.exe -enc !!!!"),
    ("powershell.exe", "powershell.exe -c \"[Convert]::FromBase64String('AAAAAAAAAA')\""),
    ("bash", "bash -c 'echo notbase64!! | base64 -d | sh'"),
    ("bash", "bash -c 'echo /////w== | base64 -d | sh'"),
    ("bash", "bash -c 'sudo'"),
    ("bash", "bash -c 'X=1'"),
    ("bash", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "line"), MUST_NOT, ids=[line or "empty" for _, line in MUST_NOT])
def test_must_not_match(name, line):
    assert verdict_of(name, line, []).tool is None


@pytest.mark.parametrize(
    ("name", "args", "tool"),
    [
        ("az", ["az", "login"], "az login"),
        ("az", ["/usr/bin/az", "login", "--identity"], "az login"),
        ("python3", ["/usr/bin/python3", "-IBm", "azure.cli", "login"], "az login"),
        ("bash", ["bash", "-c", "cd /srv && az login"], "az login"),
        ("bash", ["bash", "-c", 'git commit -m "az login"'], None),
        ("cmd.exe", ["cmd.exe", "/c", "C:\\Program Files\\CLI2\\wbin\\az.cmd", "login"], "az login"),
        ("cmd.exe", ["cmd.exe", "/c", "az", "login"], "az login"),
        ("powershell.exe", ["powershell.exe", "-NoProfile", "-Command", "Connect-AzAccount"], "Connect-AzAccount"),
        ("powershell.exe", ["powershell.exe", "-enc", encoded("az login")], "az login"),
        ("aws", ["aws", "--profile", "prod", "sts", "get-caller-identity"], "aws sts get-caller-identity"),
        ("git", ["git", "commit", "-m", "az login"], None),
        ("az", ["az", "login", "--help"], None),
        ("az", [], None),
    ],
)
def test_arguments_do_where_the_command_line_is_missing(name, args, tool):
    assert verdict_of(name, None, args).tool == tool


@pytest.mark.parametrize(
    ("line", "pattern"),
    [
        ("powershell Connect-AzAccount", "connect-azaccount"),
        ("CONNECT-MGGRAPH", "connect-mggraph"),
        ("connect-exchangeonline", "connect-exchangeonline"),
        ("az login", "az login"),
        ("az   login", "az login"),
        ("topaz login", "az login"),
        ("az account set -s x", "az account set"),
        ("aws configure", "aws configure"),
        ("aws sts x", "aws sts"),
        ("gcloud auth login", "gcloud auth login"),
        ("gcloud auth print-access-token", "gcloud auth print-access-token"),
        ("gcloud auth application-default login", "gcloud auth application-default"),
        ("aws s3 ls", None),
    ],
)
def test_wildcard_mode_is_the_published_list(line, pattern):
    assert wildcard(line) == pattern


def test_wildcard_mode_sees_through_an_encoded_command():
    assert verdict_of("powershell.exe", f"powershell -enc {encoded('Connect-AzAccount')}", []).pattern == "connect-azaccount"


@pytest.mark.parametrize(
    "line",
    [
        "a" * 200_000,
        "'" * 50_000,
        "$(" * 20_000,
        "bash -c " * 5_000,
        "powershell -enc " + "A" * 200_000,
        "cmd /c " + "^" * 100_000,
        "az " * 60_000,
    ],
)
@pytest.mark.parametrize("shell", ["bash", "cmd.exe", "powershell.exe"])
def test_hostile_texts_end_and_authenticate_nothing(shell, line):
    found = verdict_of(shell, line, [])
    assert (found.tool, found.pattern) == (None, None)
