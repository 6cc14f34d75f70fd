"""The tool table and what hides a tool: every line authenticates. One line a command: process name, then the command line.

``ENC`` stands for an encoded Connect-AzAccount, ``GZIP`` for a compressed one, and ``NEWLINE`` for a line break.
"""

import base64
import gzip

import pytest

from gatewatch.providers.endpoint.command_line import verdict_of

ENC = base64.b64encode("Connect-AzAccount".encode("utf-16-le")).decode()
GZIP = base64.b64encode(gzip.compress(b"Connect-AzAccount -Identity", mtime=0)).decode()

SEEN = r"""
bash|bash <<< "az login"
bash|bash -c "bash <<< 'aws sts get-caller-identity'"
bash|bash -c "a=az; $a login"
bash|bash -c 'A=az;B=login; $A $B'
bash|bash -c "eval 'az login'"
bash|bash -c '$(which az) login'
bash|bash -c '"$(command -v az)" login --identity'
bash|bash -c 'echo "az login" | bash'
bash|bash -c 'echo login | xargs az'
bash|bash -c "$'\x61z' login"
bash|bash -c '{az,login}'
bash|bash -c "alias q='az login'; q"
bash|bash -c 'f(){ az login; }; f'
bash|bash -c 'for i in 1 2; do az login; done'
bash|bash -c 'while ! az login; do sleep 1; done'
bash|bash -c '(az login)&'
bash|bash -c 'exec az login'
bash|bash -c '>/dev/null az login'
bash|bash -c 'command az login'
bash|bash -c '\az login'
bash|bash -c "AWS_ACCESS_KEY_ID=AKIA1 AWS_SECRET_ACCESS_KEY=x aws s3 ls"
env|env AWS_ACCESS_KEY_ID=AKIA AWS_SECRET_ACCESS_KEY=y aws s3 ls
cmd.exe|cmd /c set AWS_SECRET_ACCESS_KEY=abc&& aws s3 ls
cmd.exe|cmd /c set "AZURE_CLIENT_SECRET=abc" & terraform plan
setx|setx AWS_SECRET_ACCESS_KEY abc
docker|docker run -e AWS_ACCESS_KEY_ID=AK -e AWS_SECRET_ACCESS_KEY=x alpine sh
docker|docker run --rm -it -v /root:/root mcr.microsoft.com/azure-cli:2.60.0 bash -c "az login --identity"
docker|docker exec -it mybox az login
docker|docker compose run tools aws sso login
podman|podman run docker.io/amazon/aws-cli:latest sts get-caller-identity
docker|docker run --entrypoint aws my/image sts get-caller-identity
docker|docker run google/cloud-sdk:slim gcloud auth login --no-launch-browser
docker.exe|"C:\Program Files\Docker\docker.exe" run amazon/aws-cli configure
kubectl|kubectl exec -n x -it pod -c c -- bash -c "az login"
kubectl|kubectl run t --rm -it --image=mcr.microsoft.com/azure-cli -- az login
kubectl|kubectl run t --image=amazon/aws-cli -- sts get-caller-identity
kubectl|kubectl exec pod az login
ssh|ssh -i k -p 22 u@h 'sudo az login'
ssh|ssh u@h bash -c "'aws sts get-caller-identity'"
psexec.exe|psexec.exe \\srv -u a -p b cmd /c az login
PsExec64.exe|C:\t\PsExec64.exe -accepteula \\srv -s powershell -c Connect-AzAccount
wmic|wmic /node:srv process call create "powershell -enc ENC"
schtasks.exe|schtasks /Create /SC ONCE /TN a /TR "cmd /c az login --identity" /ST 23:00
runas.exe|runas /user:bob "az login"
sudo|sudo -u bob -H az login
sudo|sudo -E /usr/bin/aws configure
timeout|timeout 30 az login
su|su - bob -c "az login"
xargs|xargs -n1 az login
watch|watch -n 60 "aws sts get-caller-identity"
systemd-run|systemd-run --user az login
uv|uv run az login
uvx|uvx --from awscli aws sts get-caller-identity
poetry|poetry run aws sso login
pipx|pipx run aws_consoler -a x
npx|npx -y @pnp/cli-microsoft365 login
npx|npx -p @pnp/cli-microsoft365 m365 login
node|node /usr/lib/node_modules/@pnp/cli-microsoft365/dist/index.js login
node|node C:\x\node_modules\aws-azure-login\lib\index.js
python3|python3 -c "import subprocess;subprocess.run(['az','login'])"
python3|python3 -c "import os;os.execvp('az',['az','login'])"
python3|python3 -c "from azure.identity import DefaultAzureCredential as D;print(D().get_token('x'))"
python3|python3 -c "import msal;msal.PublicClientApplication('x').acquire_token_interactive(['y'])"
python3|python3 -c "import google.auth;print(google.auth.default())"
python|python -c "import boto3;s=boto3.Session(aws_access_key_id='a',aws_secret_access_key='b')"
python|python -c "from azure.cli.core import get_default_cli as g;g().invoke(['login'])"
python3|python3 -c "import requests;requests.post('https://login.microsoftonline.com/common/oauth2/v2.0/devicecode',data={})"
python3|python3 -c "import base64,os;os.system(base64.b64decode('YXogbG9naW4=').decode())"
node|node -e "require('child_process').execSync('az login')"
node|node -e "const {DefaultAzureCredential}=require('@azure/identity');new DefaultAzureCredential()"
ruby|ruby -e 'system("az login")'
perl|perl -e '`az login`'
php|php -r "shell_exec('aws sts get-caller-identity');"
awk|awk 'BEGIN{system("az login")}'
osascript|osascript -e 'do shell script "az login"'
find|find . -exec az login ;
find|find / -name x -exec sh -c 'az login' \;
tmux|tmux send-keys -t 1 "az login" Enter
screen|screen -dmS a az login
screen|screen -dm bash -c "az login"
curl|curl -s -d "client_id=x&scope=y" https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode
curl|curl -s -X POST https://login.microsoftonline.com/t/oauth2/v2.0/token -d grant_type=password -d username=a
curl|curl -H "Metadata: true" "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F"
curl|curl http://169.254.169.254/latest/meta-data/iam/security-credentials/my-role
curl|curl -H "Metadata-Flavor: Google" http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/default/token
wget|wget -qO- http://169.254.170.2/v2/credentials/abc
curl|curl "$IDENTITY_ENDPOINT?resource=x" -H "X-IDENTITY-HEADER: $IDENTITY_HEADER"
cmd.exe|cmd /c "set a=az&&call %a% login"
cmd.exe|cmd /c set x=zlogin& call a%x:~0,1% %x:~1%
cmd.exe|cmd /V:ON /c "set a=login&& az !a!"
cmd.exe|cmd /c for /f %i in ('az account get-access-token') do echo %i
cmd.exe|cmd /c if exist x az login
cmd.exe|cmd /c "echo az login | cmd"
cmd.exe|cmd /q /c a""z login
cmd.exe|%COMSPEC% /c az login
cmd.exe|cmd /c start /b az login
cmd.exe|cmd /c ( az login )
cmd.exe|CMD.EXE /C AZ.CMD LOGIN
powershell.exe|powershell -c "& ('Conn'+'ect-Az'+'Account')"
powershell.exe|powershell -c "$a='Connect-';$b='AzAccount';& ($a+$b)"
powershell.exe|powershell -c "$a='Connect-';$b='AzAccount';& \"$a$b\""
powershell.exe|powershell -c ".('Connect-AzAccount')"
powershell.exe|powershell -c "iex('Connect-AzAccount')"
powershell.exe|powershell -c "'Connect-AzAccount'|iex"
powershell.exe|powershell -c "iex ([char]67+[char]111+'nnect-AzAccount')"
powershell.exe|powershell -c "& (-join('Connect','-Az','Account'))"
powershell.exe|powershell -c "& ('Connect','AzAccount' -join '-')"
powershell.exe|powershell -c "& ([string]::Join('-','Connect','AzAccount'))"
powershell.exe|powershell -c "& ('{0}-{1}' -f 'Connect','AzAccount')"
powershell.exe|powershell -c "& ('Connect#AzAccount'.Replace('#','-'))"
powershell.exe|powershell -c "& ('tnuoccAzA-tcennoC'[-1..-17] -join '')"
powershell.exe|powershell -c "iex (-join (67,111,110,110,101,99,116,45,65,122,65,99,99,111,117,110,116|%{[char]$_}))"
powershell.exe|powershell -c "iex (-join [char[]](67,111,110,110,101,99,116,45,65,122,65,99,99,111,117,110,116))"
powershell.exe|powershell -c "C'onn'ect-'Az'Account"
powershell.exe|powershell -c "Set-Alias q Connect-AzAccount; q"
powershell.exe|powershell -c "sal q az; q login"
powershell.exe|powershell -c "New-Alias -Name q -Value Connect-MgGraph; q"
powershell.exe|powershell -c "& (gcm Connect-AzAcc*)"
powershell.exe|powershell -c ". (Get-Command -Name 'Connect-MgG*')"
powershell.exe|powershell -c "$x = gcm Con*AzAcc*; & $x"
powershell.exe|powershell -c "[scriptblock]::Create('Connect-AzAccount').Invoke()"
powershell.exe|powershell -c "&([scriptblock]::Create('Connect-'+'AzAccount'))"
powershell.exe|powershell -c "Invoke-Command -ComputerName s -ScriptBlock { az login --identity }"
powershell.exe|powershell -c "Start-Process -FilePath az.cmd -ArgumentList 'login','--identity'"
powershell.exe|powershell -c "Start-Job { Connect-ExchangeOnline }"
powershell.exe|powershell -c "Invoke-WmiMethod -Class Win32_Process -Name Create -ArgumentList 'cmd /c az login'"
powershell.exe|powershell -c "Invoke-CimMethod -ClassName Win32_Process -MethodName Create -Arguments @{CommandLine='az login'}"
powershell.exe|powershell -c "$env:AWS_ACCESS_KEY_ID='AK';$env:AWS_SECRET_ACCESS_KEY='x'; aws s3 ls"
powershell.exe|powershell -c "irm -Method Post https://login.microsoftonline.com/common/oauth2/devicecode -Body $b"
powershell.exe|powershell -c "Invoke-RestMethod -Headers @{Metadata='true'} -Uri 'http://169.254.169.254/metadata/identity/oauth2/token?resource=x'"
powershell.exe|powershell -nop -w hidden -e ENC
powershell.exe|powershell -EncodedCommand:ENC
powershell.exe|powershell -c "powershell -enc ENC"
powershell.exe|powershell -c "IEX(New-Object IO.StreamReader((New-Object IO.Compression.GzipStream([IO.MemoryStream][Convert]::FromBase64String('GZIP'),[IO.Compression.CompressionMode]::Decompress)))).ReadToEnd()"
powershell.exe|powershell -c "Import-Module AADInternals; Get-AADIntAccessTokenForAzureCoreManagement"
powershell.exe|powershell -c "ipmo .\TokenTactics.psd1; Get-AzureToken -Client MSGraph"
powershell.exe|powershell -c "Az.Accounts\Connect-AzAccount"
powershell.exe|powershell -c "function f { Connect-AzAccount }; f"
powershell.exe|powershell -c "@('Connect-AzAccount') | % { & $_ }; Connect-AzAccount"
powershell.exe|powershell -c "try{CONNECT-AZACCOUNT -Identity}catch{}"
powershell.exe|powershell "&{Connect-MgGraph}"
powershell.exe|powershell -c "[Diagnostics.Process]::Start('az','login')"
powershell.exe|powershell -c "(New-Object -ComObject WScript.Shell).Run('az login')"
powershell.exe|powershell -c "&($env:ComSpec[4,24,25]-join'') 'Connect-AzAccount'"
powershell.exe|powershell -c "Connect-AzAccountNEWLINEGet-AzVM"
powershell.exe|powershell -c "[Environment]::SetEnvironmentVariable('AWS_SECRET_ACCESS_KEY','x')"
pwsh|pwsh -c 'Set-AWSCredential -AccessKey a -SecretKey b -StoreAs x'
pwsh|pwsh -CommandWithArgs "Connect-AzAccount"
aws|aws --profile x configure set aws_access_key_id AK
aws|aws configure set profile.evil.aws_secret_access_key x
aws|aws configure sso-session
aws|aws --endpoint-url https://sts.eu-west-1.amazonaws.com sts assume-role --role-arn x
az|az ad sp create-for-rbac -n x
az|az acr login -n x --expose-token
az|az -o json login
az.exe|az.exe LOGIN
bash|/bin/bash /usr/bin/az login
gcloud|gcloud auth activate-service-account --key-file=k.json
gcloud|gcloud beta auth application-default login
gcloud|gcloud compute ssh vm --command="az login"
kubelogin|kubelogin get-token --server-id x --login devicecode
saml2aws|saml2aws exec -- aws s3 ls
aws-vault|aws-vault login prod
assumego|assumego prod
gimme-aws-creds|gimme-aws-creds -p x
okta-aws-cli|okta-aws-cli web --oidc-client-id x
aws-sso-util|aws-sso-util login
leapp|leapp session start
python3|python3 /usr/local/bin/roadrecon gather
roadtx.exe|roadtx.exe gettokens -u a -p b
azurehound.exe|C:\Temp\azurehound.exe -r tok list --tenant x
cloudfox|cloudfox aws all-checks
stratus|stratus detonate aws.x
python3|python3 pacu.py --session x
terraform|terraform login
azd|azd auth login --use-device-code
m365|m365 util accesstoken get --resource x
doctl|doctl auth token
linode-cli|linode-cli configure
ibmcloud|ibmcloud iam oauth-tokens
wt.exe|wt.exe az login
conhost.exe|conhost.exe cmd /c az login
forfiles|forfiles /p c:\windows /m notepad.exe /c "cmd /c az login"
sc.exe|sc create x binPath= "cmd /c az login"
strace|strace -f -o /tmp/x az login
unbuffer|unbuffer az login
ssh|ssh h -- az login
bash|bash -lic "az login"
zsh|zsh -c 'noglob az login'
sh|sh -c '. /etc/profile; az login'
bash|bash -c "python3 - <<'E'NEWLINEimport boto3NEWLINEboto3.client('sts').get_caller_identity()NEWLINEE"
bash|bash -c "bash <<ENEWLINEaz loginNEWLINEE"
winrs|winrs -r:srv "az login"
azcopy|azcopy login --identity
AzCopy.exe|AzCopy.exe login --service-principal --application-id x
pac|pac auth create --environment x
aws_signing_helper|aws_signing_helper serve --certificate c.pem
graphspy|graphspy -i 0.0.0.0
python3|python3 -c "import botocore.session as s; s.get_session().create_client('sts')"
""".strip().splitlines()


def command(written):
    name, _, line = written.partition("|")
    return name, line.replace("ENC", ENC).replace("GZIP", GZIP).replace("NEWLINE", "\n")


@pytest.mark.parametrize("written", SEEN)
def test_a_login_is_seen_however_it_is_written(written):
    name, line = command(written)
    assert verdict_of(name, line, []).tool is not None
