"""The id of an access key is a field of its own; nothing that stands where a secret is expected becomes one."""

import base64

import pytest

from gatewatch.providers.endpoint.access_keys import MOST, access_keys
from gatewatch.providers.endpoint.redact import REDACTED
from tests.builders.common import detail
from tests.builders.endpoint import record
from tests.unit.providers.endpoint.test_redact import AWS_SECRET
from tests.unit.providers.endpoint.test_redact import LINES as SECRET_LINES

KEY, OTHER = "AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE"
HEX = "".join(f"{number:02X}" for number in range(16))


def encoded(script: str) -> str:
    return base64.b64encode(script.encode("utf-16-le")).decode()


@pytest.mark.parametrize(
    "line",
    [
        f"aws configure set aws_access_key_id {KEY}",
        f"aws configure set aws_access_key_id '{KEY}' --profile none",
        f'aws configure set aws_access_key_id "{KEY}"',
        f"aws --profile none configure set profile.none.aws_access_key_id {KEY}",
        f'"C:\\Program Files\\Amazon\\AWSCLIV2\\aws.exe" configure set aws_access_key_id {KEY}',
        f"AWS_ACCESS_KEY_ID={KEY} AWS_SECRET_ACCESS_KEY={AWS_SECRET} aws sts get-caller-identity",
        f"env AWS_ACCESS_KEY_ID='{KEY}' aws s3 ls",
        f"export AWS_ACCESS_KEY_ID={KEY}; export AWS_SECRET_ACCESS_KEY={AWS_SECRET}",
        f'bash -c "export AWS_ACCESS_KEY_ID={KEY} && aws sts get-caller-identity"',
        f'bash -c "aws configure set aws_access_key_id \\"{KEY}\\""',
        f'cmd /c "set AWS_ACCESS_KEY_ID={KEY}&& aws sts get-caller-identity"',
        f"setx AWS_ACCESS_KEY_ID {KEY}",
        f"docker run -e AWS_ACCESS_KEY_ID={KEY} amazon/aws-cli sts get-caller-identity",
        f"powershell $env:AWS_ACCESS_KEY_ID='{KEY}'; aws sts get-caller-identity",
        f'pwsh -c $env:AWS_ACCESS_KEY_ID = "{KEY}"; aws s3 ls',
        f"powershell [Environment]::SetEnvironmentVariable('AWS_ACCESS_KEY_ID', '{KEY}')",
        f"powershell Set-AWSCredential -AccessKey {KEY} -SecretKey {AWS_SECRET} -StoreAs x",
        f"powershell -enc {encoded(f'aws configure set aws_access_key_id {KEY}')}",
        f"""python -c "boto3.client('sts', aws_access_key_id='{KEY}', aws_secret_access_key='{AWS_SECRET}')" """,
        f'echo {{"AccessKeyId": "{KEY}", "SecretAccessKey": "{AWS_SECRET}"}}',
        f"hadoop fs -ls s3n://{KEY}:{AWS_SECRET}@bucket/",
        f"curl 'https://b.s3.amazonaws.com/o?X-Amz-Credential={KEY}%2F20261120%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Signature=0a1b'",
        f"aws iam update-access-key --access-key-id {KEY} --status Inactive",
    ],
)
def test_the_id_is_found_however_it_is_written(line):
    assert access_keys(line, ()) == (KEY,)


@pytest.mark.parametrize(
    "args",
    [
        ["aws", "configure", "set", "aws_access_key_id", KEY],
        ["aws", "configure", "set", "aws_access_key_id", KEY, "--profile", "none"],
        ["env", f"AWS_ACCESS_KEY_ID={KEY}", "aws", "s3", "ls"],
        ["setx", "AWS_ACCESS_KEY_ID", KEY],
        ["bash", "-c", f"AWS_ACCESS_KEY_ID={KEY} aws s3 ls"],
        ["powershell", "-enc", encoded(f"$env:AWS_ACCESS_KEY_ID='{KEY}'; aws s3 ls")],
    ],
)
def test_the_id_is_found_among_arguments(args):
    assert access_keys(None, args) == (KEY,)


@pytest.mark.parametrize(
    "line",
    [
        f"aws configure set aws_secret_access_key {KEY}",
        f"AWS_SECRET_ACCESS_KEY={KEY} aws s3 ls",
        f"az login -u alice -p {KEY}",
        f"az login --password '{KEY}'",
        f"powershell $env:SOMETHING='{KEY}'; aws s3 ls",
        f"powershell ConvertTo-SecureString '{KEY}' -AsPlainText -Force",
        f"curl -H 'Authorization: Bearer {KEY}' https://x",
        f"curl -u bob:{KEY} https://x",
        f"echo {KEY} | aws configure",
    ],
)
def test_what_stands_where_a_secret_is_expected_is_no_id(line):
    assert access_keys(line, ()) == ()
    assert access_keys(None, line.split()) == ()


@pytest.mark.parametrize(
    "value",
    [
        "AKIA", "AKIA12345678901", "akiaiosfodnn7example", "AKIAiosfodnn7example", f"x{KEY}", f"{KEY}x", f"{KEY}_old", f"_{KEY}", f"{KEY}==",
        f"AROA{HEX[:16]}", f"AIDA{HEX[:16]}", "AKIA-IOSF-ODNN-7EXA", f"\u0391{KEY[1:]}", f"{KEY}\u00c4".replace("\u00c4", "Z" * 200), "$AKIA",
    ],
)  # fmt: skip
def test_what_only_looks_like_one_is_none(value):
    assert access_keys(f"aws configure set aws_access_key_id {value}", ["aws", "configure", "set", "aws_access_key_id", value]) == ()


@pytest.mark.parametrize(("line", "secret"), SECRET_LINES, ids=[line[:48] for line, _ in SECRET_LINES])
def test_no_secret_is_an_id(line, secret):
    assert secret == KEY or not any(secret in key for key in access_keys(line, line.split()))


def started(line):
    return record(process={"name": "aws", "command_line": line, "args": line.split()})


def test_several_keys_keep_their_order_and_are_few(read):
    line = f"aws configure set aws_access_key_id {KEY}; AWS_ACCESS_KEY_ID={OTHER} aws s3 ls; echo {KEY}"
    assert access_keys(line, line.split()) == (KEY, OTHER)

    many = [f"AKIA{number:016}" for number in range(MOST + 4)]
    event = read(started(f"aws sts get-caller-identity {' '.join(many)}"))
    assert detail(event).access_keys == tuple(many[:MOST])
    assert "access_keys" in event.truncated


def test_the_event_holds_the_id_and_its_texts_do_not(read):
    found = detail(read(started(f"aws configure set aws_access_key_id {KEY}")))

    assert found.access_keys == (KEY,)
    assert KEY not in f"{found.command_line} {found.args}"
    assert REDACTED in found.command_line
