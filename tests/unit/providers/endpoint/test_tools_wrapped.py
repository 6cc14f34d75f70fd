"""More of the tool table and of what hides a tool, in wrappers and interpreters. One line a command, as in ``test_tools_seen``."""

import pytest

from gatewatch.providers.endpoint.command_line import verdict_of

from .test_tools_seen import command

SEEN = r"""
az|/opt/homebrew/bin/az login --tenant x
python3.12|/opt/az/bin/python3 -Im azure.cli login
python|C:\Python\python.exe -sm azure.cli login
bash|bash -c 'az login --identity >/dev/null 2>&1 &'
bash|bash -c "az  	login"
bash|bash -c 'az "login"'
bash|bash -c "'az' login"
bash|bash -c '/usr/bin/env az login'
bash|bash -c 'env -i PATH=/bin az login'
bash|bash -c 'env -S "az login"'
bash|bash -c 'nohup az login & disown'
bash|bash -c 'time az login'
bash|bash -c 'yes | az login'
bash|bash -c 'az login <<< ""'
bash|bash -c 'set -e; az login'
bash|bash -c 'source ~/.bashrc && az login'
bash|bash -c 'if true; then az login; fi'
bash|bash -c '[ -f x ] || az login'
bash|bash -c 'x=$(az account get-access-token --query accessToken -o tsv)'
bash|bash -c 'curl -H "Authorization: Bearer $(az account get-access-token --query accessToken -o tsv)" https://x'
bash|bash -c 'eval $(aws configure export-credentials --format env)'
bash|bash -c 'export $(aws sts assume-role --role-arn x | jq x)'
bash|bash -c "echo YXogbG9naW4K | base64 --decode | bash"
bash|bash -c "bash <(echo az login)"
bash|bash -c 'printf "az login" | sh'
bash|bash -c 'sh -c "$(echo az login)"'
bash|bash -c 'CMD="az login"; eval "$CMD"'
bash|bash -c 'CMD="az login"; $CMD'
bash|bash -c 'CMD="az login"; sh -c "$CMD"'
bash|bash -c "a\z log\in"
bash|bash -c "az\${IFS}login"
bash|bash -c 'az$IFS$9login'
bash|bash -c 'aws() { command aws "$@"; }; aws sts get-caller-identity'
bash|bash -c 'coproc az login'
bash|bash -c 'trap "az login" EXIT'
bash|bash --rcfile x -ic 'az login'
bash|bash -o pipefail -c 'az login'
bash|bash -xec 'az login'
sh|/bin/sh -c -- 'az login'
busybox|busybox sh -c 'az login'
fish|fish -c 'az login; and az account list'
fish|fish -c 'set -x AWS_SECRET_ACCESS_KEY abc; aws s3 ls'
tcsh|tcsh -c 'setenv AWS_SECRET_ACCESS_KEY abc; aws s3 ls'
sudo|sudo -i -u bob az login
sudo|sudo --user=bob -- az login
sudo|sudo sh -c 'az login'
sudo|sudo AWS_SECRET_ACCESS_KEY=x aws s3 ls
doas|doas az login
su|su -c 'az login' bob
runuser|runuser -u bob -- az login
nice|nice -n 10 az login
stdbuf|stdbuf -oL az login
setsid|setsid -f az login
timeout|timeout -k 5 30s az login
timeout|timeout --signal=KILL 30 az login
script|script -qc "az login" /dev/null
parallel|parallel az login ::: x
flock|flock /tmp/x az login
flock|flock /tmp/x -c "az login"
nsenter|nsenter -t 1 -m -u az login
chroot|chroot /host az login
strace|strace -e trace=network az login
ltrace|ltrace az login
proxychains4|proxychains4 -q az login
torsocks|torsocks aws sts get-caller-identity
tmux|tmux new-session -d -s x 'az login'
tmux|tmux new-window az login
screen|screen -S x -X stuff 'az login\n'
env|env -u X AWS_PROFILE=p aws sts get-caller-identity
docker|docker run --rm -v ~/.aws:/root/.aws amazon/aws-cli:2.15.0 sso login
docker|docker container run -it mcr.microsoft.com/azure-cli az login --use-device-code
docker|docker run -it --name az mcr.microsoft.com/azure-powershell pwsh -c Connect-AzAccount
docker|docker run -e AZURE_CLIENT_SECRET=x mcr.microsoft.com/azure-cli az group list
docker|docker exec -u root -w /x c1 sh -c "az login"
docker|docker run gcr.io/google.com/cloudsdktool/google-cloud-cli gcloud auth login
docker|docker run public.ecr.aws/aws-cli/aws-cli sts get-caller-identity
docker|docker -H tcp://x run amazon/aws-cli sts get-caller-identity
docker|docker --context x exec c az login
docker-compose|docker-compose run --rm x az login
nerdctl|nerdctl run amazon/aws-cli configure
podman|podman exec -it c aws sts get-caller-identity
kubectl|kubectl exec -it deploy/x -n y -- /bin/sh -c 'aws sts get-caller-identity'
kubectl|kubectl --context c exec p -- az login
kubectl|kubectl debug node/x -it --image=mcr.microsoft.com/azure-cli -- az login
oc|oc exec p -- az login
kubectl.exe|kubectl.exe exec p -- az login
lxc|lxc exec c -- az login
ssh|ssh -o StrictHostKeyChecking=no u@h az login
ssh|ssh -tt -i k h "az login"
ssh|ssh h "sudo -u x bash -c 'az login'"
ssh.exe|C:\Windows\System32\OpenSSH\ssh.exe h az login
plink.exe|plink.exe -ssh u@h -pw x az login
sshpass|sshpass -p x ssh u@h az login
wsl.exe|wsl.exe -d Ubuntu -- az login
wsl.exe|wsl -u root -e bash -c "az login"
bash.exe|bash.exe -c "az login"
psexec|psexec \\h -i 1 -d az login
PsExec.exe|PsExec.exe -i -s cmd.exe /c "az login"
wmic.exe|wmic /node:"h" /user:"a" /password:"b" process call create "powershell.exe -Command Connect-AzAccount"
WMIC.exe|"C:\Windows\System32\wbem\WMIC.exe" process call create 'az login'
schtasks.exe|schtasks.exe /create /sc minute /mo 5 /tn x /tr "'C:\CLI2\wbin\az.cmd' login"
schtasks|schtasks /create /tn x /tr "powershell -enc ENC" /sc onlogon
schtasks|schtasks /Change /TN x /TR "az login"
winrs|winrs -r:h cmd /c az login
sc.exe|sc.exe \\h create x binPath="cmd /c az login"
runas.exe|runas.exe /user:x\y /savecred "cmd /c az login"
forfiles.exe|forfiles /c "cmd /c az login"
conda|conda run --no-capture-output -n e az login
mamba|mamba run -n e aws sts get-caller-identity
uv|uv run --with azure-cli az login
uv|uv tool run --from awscli aws sts get-caller-identity
uvx|uvx --from azure-cli az login
pipx|pipx run --spec azure-cli az login
pipenv|pipenv run az login
npx|npx --yes -p @pnp/cli-microsoft365 m365 login
npx|npx aws-azure-login --no-prompt
npm|npm exec -- m365 login
yarn|yarn dlx -p @pnp/cli-microsoft365 m365 login
pnpm|pnpm dlx @pnp/cli-microsoft365 login
op|op run -- az login
op|op run --env-file=x -- aws sts get-caller-identity
doppler|doppler run -- az login
chamber|chamber exec prod -- aws sts get-caller-identity
direnv|direnv exec . az login
aws-vault|aws-vault exec prod --no-session -- aws sts get-caller-identity
aws-vault.exe|aws-vault.exe exec prod
aws-vault|aws-vault export prod
nix-shell|nix-shell -p awscli2 --run "aws sts get-caller-identity"
python3|python3 -c 'import os; os.system("az login")'
python3|python3 -c "import subprocess as s; s.check_output(['aws','sts','get-caller-identity'])"
python3|python3 -c "import subprocess; subprocess.Popen('az login', shell=True)"
python3|python3 -c "__import__('os').system('az login')"
python3|python3 -c "import pty; pty.spawn(['az','login'])"
python3|python3 -c "import boto3 as b; b.client('sts').assume_role(RoleArn='x',RoleSessionName='y')"
python3|python3 -c "from boto3 import client; print(client('sts').get_caller_identity()['Arn'])"
python3|python3 -c "from azure.identity import AzureCliCredential; print(AzureCliCredential().get_token('https://management.azure.com/.default').token)"
python3|python3 -c "from azure.identity import *; DeviceCodeCredential().get_token('x')"
python3|python3 -c "import azure.identity as i; i.ManagedIdentityCredential().get_token('x')"
python3|python3 -c "from msal import ConfidentialClientApplication as C; C('x').acquire_token_for_client(['y'])"
python3|python3 -c "from google.oauth2 import service_account as s; s.Credentials.from_service_account_file('k')"
python3|python3 -c "import urllib.request as u;u.urlopen('http://169.254.169.254/latest/meta-data/iam/security-credentials/role')"
python.exe|python.exe -c "import boto3;boto3.client('sts').get_caller_identity()"
py|py -3 -c "import boto3;boto3.client('sts').get_caller_identity()"
python3|python3 -Bc "import boto3;boto3.client('sts').get_caller_identity()"
python3|python3 /usr/local/bin/aws_consoler -a x
python3|python3 -m aws_consoler -a x -s y
python3|python3 ~/tools/MSOLSpray.py --userlist u
python3|python3 /opt/ScoutSuite/scout.py aws
python3|python3 /home/a/.local/bin/roadtx gettokens
node|node -e "const {STSClient,GetCallerIdentityCommand}=require('@aws-sdk/client-sts');new STSClient({}).send(new GetCallerIdentityCommand({}))"
node|node --eval "require('child_process').spawnSync('az',['login'])"
node|node -p "require('child_process').execSync('aws sts get-caller-identity').toString()"
node.exe|node.exe C:\Users\a\AppData\Roaming\npm\node_modules\@pnp\cli-microsoft365\dist\index.js login
perl|perl -e 'exec("az","login")'
perl|perl -e 'print `aws sts get-caller-identity`'
perl|perl -MPOSIX -e 'system "az login"'
ruby|ruby -e 'exec "az login"'
ruby|ruby -e '`az login`'
php|php -r 'system("az login");'
curl|curl -sX POST 'https://login.microsoftonline.com/common/oauth2/v2.0/devicecode' --data 'client_id=x'
curl.exe|curl.exe --request POST --url https://login.microsoftonline.com/72f988bf/oauth2/v2.0/token --data grant_type=client_credentials
curl|curl -H Metadata:true 169.254.169.254/metadata/identity/oauth2/token?resource=https://vault.azure.net
curl|curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/$(curl -s http://169.254.169.254/latest/meta-data/iam/security-credentials/)
curl|curl http://[fd00:ec2::254]/latest/meta-data/iam/security-credentials/r
curl|curl 169.254.170.2$AWS_CONTAINER_CREDENTIALS_RELATIVE_URI
curl|curl http://169.254.170.23/v1/credentials
wget|wget --header="Metadata: true" -O- "http://169.254.169.254/metadata/identity/oauth2/token?resource=x"
wget|wget --post-data "client_id=x" https://login.microsoftonline.com/organizations/oauth2/v2.0/devicecode
http|http POST https://login.microsoftonline.com/common/oauth2/devicecode client_id=x
curl|curl https://login.microsoft.com/common/oauth2/devicecode -d x
curl|curl https://oauth2.googleapis.com/token -d x
curl|curl -X POST https://oidc.us-east-1.amazonaws.com/device_authorization -d x
aws|aws sts get-session-token --serial-number x --token-code 1
aws|aws sts get-federation-token --name x
aws|aws sso-oidc register-client --client-name x
aws|aws sso-oidc start-device-authorization
aws|aws configure sso --profile x
aws|aws configure --profile x
aws|aws --no-verify-ssl sts get-caller-identity
aws|aws --debug sts get-caller-identity
aws|aws sts assume-role --role-arn arn:aws:iam::1:role/help --role-session-name x
aws.cmd|aws.cmd sts get-caller-identity
python.exe|python.exe -x C:\Python\Scripts\aws.cmd sts get-caller-identity
az|az login -u a@b -p c
az|az login --debug
az|az --debug login
az|az login --scope https://graph.microsoft.com//.default
az|az account set -s x
az|az account set --name x
azd|azd login
gcloud|gcloud auth login --cred-file=x.json
gcloud|gcloud --quiet auth login
gcloud|gcloud alpha auth login
gcloud|gcloud auth application-default print-access-token
gcloud.cmd|gcloud.cmd auth print-identity-token
gcloud|gcloud config config-helper --format=json
oci|oci session refresh
oci|oci setup bootstrap
aliyun|aliyun configure --profile x
doctl|doctl --context x auth init
ibmcloud|ibmcloud login --apikey x
tccli|tccli auth login
saml2aws|saml2aws login -a x
saml2aws|saml2aws script --shell=bash
okta-aws-cli|okta-aws-cli
granted|granted sso login
assumego.exe|assumego.exe -c prod
bash|bash /usr/local/bin/assume prod
aws-sso|aws-sso exec -p x
leapp|leapp session open-web-console
terraform.exe|terraform.exe login
tofu|tofu login
pulumi|pulumi login https://api.pulumi.com
mgc|mgc login
m365|m365 login
kubelogin|kubelogin get-token --environment AzurePublicCloud --server-id x -l spn
azurehound|azurehound -u a -p b list
roadrecon|roadrecon gather
Lantern.exe|Lantern.exe p2a --prt x
Seatbelt.exe|Seatbelt.exe CloudCredentials
""".strip().splitlines()


@pytest.mark.parametrize("written", SEEN)
def test_a_login_is_seen_however_it_is_written(written):
    name, line = command(written)
    assert verdict_of(name, line, []).tool is not None
