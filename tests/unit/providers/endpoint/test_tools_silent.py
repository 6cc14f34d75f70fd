"""What mentions a cloud tool, reads with it or runs another program of that name: no login. One line a command, as in ``test_tools_seen``."""

import pytest

from gatewatch.providers.endpoint.command_line import verdict_of

SILENT = r"""
bash|bash -c "cat > README <<ENEWLINEaz loginNEWLINEE"
bash|bash -c 'cat <<EOF > fNEWLINEaz loginNEWLINEEOF'
bash|bash -c 'echo "az login" > f'
bash|bash -c "grep -r 'az login' ."
bash|bash -c 'AWS_PROFILE=x aws s3 ls'
bash|bash -c 'unset AWS_ACCESS_KEY_ID'
docker|docker run -e AWS_ACCESS_KEY_ID -e AWS_SECRET_ACCESS_KEY alpine ls
docker|docker run -e AWS_ACCESS_KEY_ID=$AWS_ACCESS_KEY_ID alpine ls
docker|docker login registry
docker|docker pull mcr.microsoft.com/azure-cli
docker|docker run amazon/aws-cli --version
docker|docker run amazon/aws-cli s3 ls
kubectl|kubectl get pods -n az
kubectl|kubectl exec pod -- ls
kubectl|kubectl logs az
ssh|ssh host ls
ssh|ssh az
curl|curl https://example.org/login
curl|curl http://169.254.169.254/latest/meta-data/instance-id
curl|curl http://169.254.169.254/latest/meta-data/iam/security-credentials/
curl|curl -X PUT http://169.254.169.254/latest/api/token
curl|curl -H Metadata:true "http://169.254.169.254/metadata/instance?api-version=2021-02-01"
curl|curl https://login.microsoftonline.com/common/v2.0/.well-known/openid-configuration
powershell.exe|powershell -c "Get-AzContext"
powershell.exe|powershell -c "Get-Help Connect-AzAccount"
powershell.exe|powershell -c "Install-Module Az"
powershell.exe|powershell -c "Import-Module Az.Accounts"
powershell.exe|powershell -c "Write-Output 'Connect-AzAccount'"
powershell.exe|powershell -c "'Connect-AzAccount' | Out-File x"
powershell.exe|powershell -c "function f { Connect-AzAccount }"
powershell.exe|powershell -c "$x = 'Connect-AzAccount'"
powershell.exe|powershell -c "# Connect-AzAccount"
powershell.exe|powershell -c "<# Connect-AzAccount #> Get-Date"
powershell.exe|powershell -c "Disconnect-AzAccount"
powershell.exe|powershell -c "Get-Command Connect-AzAccount"
powershell.exe|powershell -c "Set-Alias ll Get-ChildItem"
powershell.exe|powershell -c "Select-String 'az login' *.md"
aws|aws configure list-profiles
aws|aws configure get region
aws|aws configure set region eu-west-1
aws|aws --endpoint-url http://localhost:4566 sts get-caller-identity
aws|aws --endpoint-url=http://localstack:4566 sts get-caller-identity
awslocal|awslocal sts get-caller-identity
aws|aws s3 ls
aws|aws ecr get-login-password
az|az acr login -n x
az|az account show
az|az account list
az|az logout
az|az vm list
gcloud|gcloud auth list
gcloud|gcloud auth revoke
gcloud|gcloud config set account x
helm|helm registry login x
npm|npm login
gh|gh auth login
pulumi|pulumi login --local
pulumi|pulumi login s3://x
pulumi|pulumi login file://~
terraform|terraform plan
oci|oci session validate
aliyun|aliyun configure list
tccli|tccli configure list
hcloud|hcloud context list
doctl|doctl auth switch
m365|m365 logout
aws-vault|aws-vault list
saml2aws|saml2aws list-roles
aws-azure-login|aws-azure-login --configure
gimme-aws-creds|gimme-aws-creds --action-configure
stratus|stratus list
python3|python3 -m pip install awscli
python3|python3 -m venv az
python3|python3 manage.py login
python3|python3 -c "import boto3; print(boto3.__version__)"
node|node server.js
node|node -e "console.log('az login')"
git|git commit -m "aws sts"
rg|rg "az login"
code|code "az login.md"
sudo|sudo vim az
sudo|sudo apt install azure-cli
tmux|tmux new -s az
tmux|tmux attach
find|find . -name az
xargs|xargs grep az login
cmd.exe|cmd /c dir az
cmd.exe|cmd /c type az.txt
cmd.exe|cmd /c where az
cmd.exe|cmd /c rem az login
wmic|wmic process list brief
schtasks|schtasks /query /tn "az login"
schtasks|schtasks /create /tn "az login" /tr notepad
npx|npx create-react-app az
npx|npx azure-cli vm list
conda|conda install -n e az
pipx|pipx install awscli
apt|apt install az
bash|bash deploy.sh az login
bash|bash -c 'test -x /usr/bin/az'
bash|bash -c 'type az'
bash|bash -c 'complete -C aws_completer aws'
ssh|ssh -L 80:az:80 host
ssh|ssh host cat az login
brew|brew install az
""".strip().splitlines()


@pytest.mark.parametrize("written", SILENT)
def test_no_login(written):
    name, _, line = written.partition("|")
    assert verdict_of(name, line.replace("NEWLINE", "\n"), []).tool is None
