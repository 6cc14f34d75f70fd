"""Secrets on the command lines of every tool of the table are taken out, in the line and in its arguments. ``ZZZ`` is the secret."""

import shlex

import pytest

from gatewatch.providers.endpoint.redact import redact, redact_args

SECRET = "Hunter2Secr3tXyz9"
LINES = r"""
aws_consoler -a AKIAABCDEFGHIJKLMNOP -s ZZZ
aws_consoler -s ZZZ -t ZZZ
roadtx gettokens -u a@b -p ZZZ
roadrecon auth -u a -p ZZZ
roadrecon auth --access-token ZZZ
roadtx prtauth --prt ZZZ --prt-sessionkey ZZZ
azurehound -r ZZZ list --tenant x
azurehound -j ZZZ list
azurehound -u a -p ZZZ list
pacu --set-keys a,AKIA,ZZZ,x
saml2aws login --password ZZZ
m365 login --authType password --userName a --password ZZZ
m365 login --authType secret --secret ZZZ
doctl auth init --access-token ZZZ
doctl auth init -t ZZZ
linode-cli configure --token ZZZ
hcloud context create x --token ZZZ
ibmcloud login --apikey ZZZ
ibmcloud login -u a -p ZZZ
aliyun configure set --access-key-id x --access-key-secret ZZZ
kubelogin get-token --client-secret ZZZ --server-id x
azd auth login --client-id x --client-secret ZZZ
curl -X POST https://login.microsoftonline.com/t/oauth2/v2.0/token -d "grant_type=password&username=a&password=ZZZ"
curl https://login.microsoftonline.com/t/oauth2/v2.0/token -d client_secret=ZZZ
curl https://login.microsoftonline.com/t/oauth2/v2.0/token -d grant_type=refresh_token -d refresh_token=ZZZ
curl https://login.microsoftonline.com/t/oauth2/v2.0/token -d "grant_type=device_code&device_code=ZZZ"
curl -d "client_assertion=ZZZ" https://x
curl -H "Authorization: Bearer ZZZ" x
curl -H "X-IDENTITY-HEADER: ZZZ" "http://localhost/msi/token"
sshpass -p ZZZ ssh h az login
psexec \\h -u a -p ZZZ cmd /c az login
docker run -e AWS_SECRET_ACCESS_KEY=ZZZ amazon/aws-cli s3 ls
docker run --env AZURE_CLIENT_SECRET=ZZZ x
env AWS_ACCESS_KEY_ID=x AWS_SECRET_ACCESS_KEY=ZZZ AWS_SESSION_TOKEN=ZZZ aws s3 ls
env HCLOUD_TOKEN=ZZZ hcloud server list
env ALICLOUD_SECRET_KEY=ZZZ x
env IBMCLOUD_API_KEY=ZZZ x
env GOOGLE_OAUTH_ACCESS_TOKEN=ZZZ terraform plan
setx AWS_SECRET_ACCESS_KEY ZZZ
setx HCLOUD_TOKEN ZZZ
powershell -c "$env:AWS_SECRET_ACCESS_KEY='ZZZ'"
powershell -c "[Environment]::SetEnvironmentVariable('AWS_SECRET_ACCESS_KEY','ZZZ')"
powershell -c "Set-AWSCredential -AccessKey x -SecretKey ZZZ -StoreAs p"
powershell -c "Connect-MgGraph -AccessToken ZZZ"
powershell -c "Connect-PnPOnline -Url x -ClientSecret ZZZ"
powershell -c "Invoke-MSOLSpray -UserList u -Password ZZZ"
powershell -c "Invoke-MFASweep -Username a -Password ZZZ"
powershell -c "Invoke-RefreshToGraphToken -refreshToken ZZZ -domain x"
powershell -c "Get-AADIntAccessTokenForAADGraph -PRTToken ZZZ"
powershell -c "$password='ZZZ'; Connect-AzAccount"
powershell -c "irm -Body @{client_secret='ZZZ'} -Uri x"
powershell -c "Connect-AzureAD -AadAccessToken ZZZ"
python3 -c "import boto3;boto3.Session(aws_access_key_id='x',aws_secret_access_key='ZZZ')"
python3 -c "from azure.identity import ClientSecretCredential as C;C('t','c','ZZZ')"
python3 -c "import os;os.environ['AWS_SECRET_ACCESS_KEY']='ZZZ'"
node -e "new ClientSecretCredential('t','c','ZZZ')"
aws sso get-role-credentials --access-token ZZZ
aws sso-oidc create-token --client-secret ZZZ --device-code ZZZ --refresh-token ZZZ
aws configure set profile.x.aws_secret_access_key ZZZ
aws configure set default.aws_session_token ZZZ
aws sts assume-role-with-saml --saml-assertion ZZZ
aws sts assume-role-with-web-identity --web-identity-token ZZZ
az login --federated-token ZZZ
okta-aws-cli m2m --private-key ZZZ
leapp session add --accessKey x --secretKey ZZZ
winrs -r:h -u:a -p:ZZZ az login
python3 o365spray.py --spray -u a -p ZZZ
python3 MSOLSpray.py --userlist u --password ZZZ
schtasks /create /ru a /rp ZZZ /tr "az login"
wmic /user:a /password:ZZZ process call create "az login"
tccli configure set secretKey ZZZ
aws_consoler -aAKIA -sZZZ
bash -c "export AWS_SECRET_ACCESS_KEY=ZZZ; aws s3 ls"
bash -c "AWS_SECRET_ACCESS_KEY=ZZZ aws s3 ls"
cmd /c "set AWS_SECRET_ACCESS_KEY=ZZZ&& aws s3 ls"
kubectl run x --env="AWS_SECRET_ACCESS_KEY=ZZZ" --image=y
""".strip().splitlines()


@pytest.mark.parametrize("written", LINES)
def test_no_secret_is_left(written):
    line = written.replace("ZZZ", SECRET)
    args = shlex.split(line, posix="\\" not in line)

    assert SECRET not in redact(line)
    assert SECRET not in " ".join(redact_args(args))


@pytest.mark.parametrize(
    "line",
    ["azurehound list --tenant x", "doctl auth init -t", "roadtx gettokens -u a@b", "ssh -i k host ls", "docker run -t x"],
)
def test_other_words_are_left(line):
    assert redact(line) == line
    assert redact_args(line.split()) == tuple(line.split())
