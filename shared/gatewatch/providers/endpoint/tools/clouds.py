"""Programs of Google Cloud and of other clouds, and of services that run cloud credentials."""

from .row import Tool, rows

GCLOUD = rows("gcloud", """
login | auth login                       | | cloud.google.com/sdk/gcloud/reference/auth/login; patterns
login | auth activate-service-account    | | cloud.google.com/sdk/gcloud/reference/auth/activate-service-account
login | auth application-default login   | | cloud.google.com/sdk/gcloud/reference/auth/application-default; patterns
token | auth application-default print-access-token | | the same
token | auth print-access-token          | | cloud.google.com/sdk/gcloud/reference/auth; patterns
token | auth print-identity-token        | | the same
token | auth print-refresh-token         | | the same, old
token | config config-helper             | under cluster | kubectl's old plug-in starts it for every call
login | init                             | | cloud.google.com/sdk/gcloud/reference/init; signs in where no account exists
read  | auth                             | | list, revoke: no login
read  | config                           | | set account, configurations activate: switches to an account that exists
""")  # fmt: skip

GSUTIL = rows("gsutil", """
login | config                           | | gslib/commands/config.py; stores a key, as aws configure does
""")  # fmt: skip

OCI = rows("oci", """
login | session authenticate             | | docs.oracle.com oci-cli session
login | session refresh                  | | the same
login | session import                   | | the same
login | session export                   | | the same
login | setup config                     | | docs.oracle.com oci-cli setup; makes and stores a key
login | setup bootstrap                  | | the same
login | setup keys                       | | the same
login | setup instance-principal         | | the same
""")  # fmt: skip

ALIYUN = rows("aliyun", """
login | configure $                      | | aliyun/aliyun-cli README
login | configure set                    | | the same
""")  # fmt: skip

IBMCLOUD = rows("ibmcloud", """
login | login                            | | cloud.ibm.com/docs/cli ibmcloud login
token | iam oauth-tokens                 | | cloud.ibm.com/docs/cli ibmcloud iam
token | iam api-key-create               | | the same
token | iam service-api-key-create       | | the same
""")  # fmt: skip

DOCTL = rows("doctl", """
login | auth init                        | | docs.digitalocean.com/reference/doctl/reference/auth/init
token | auth token                       | | docs.digitalocean.com/reference/doctl/reference/auth/token; prints the stored token
token | auth t                           | | the same
""")  # fmt: skip

TCCLI = rows("tccli", """
login | configure $                      | | TencentCloud/tencentcloud-cli README
login | configure set                    | | the same
login | auth login                       | | the same
login | sso login                        | | the same
""")  # fmt: skip

LINODE = rows("linode-cli", """
login | configure                        | | linode/linode-cli README
""")  # fmt: skip

HCLOUD = rows("hcloud", """
login | context create                   | | hetznercloud/cli README; stores a token, as doctl auth init does
""")  # fmt: skip

TERRAFORM = rows("terraform", """
login | login                            | | developer.hashicorp.com/terraform/cli/commands/login; a token of a service whose runs hold cloud keys
""")  # fmt: skip

PULUMI = rows("pulumi", """
read  | login file:*                     | | pulumi.com/docs/cli/commands/pulumi_login; an object store only says where state lies
read  | login s3:*                       | | the same
read  | login gs:*                       | | the same
read  | login azblob:*                   | | the same
login | login                            | without --local -l | the same; a token of a service whose runs hold cloud keys
""")  # fmt: skip

SCANNERS = rows("prowler", """
login | aws                              | | prowler-cloud/prowler; an auditor's scanner, often scheduled: weight of a login, not of an attack
login | azure                            | | the same
login | gcp                              | | the same
login | m365                             | | the same
""")  # fmt: skip

SCOUT = rows("scout", """
login | aws                              | | nccgroup/ScoutSuite; as prowler
login | azure                            | | the same
login | gcp                              | | the same
""")  # fmt: skip

PROGRAMS: dict[str, tuple[Tool, ...]] = {
    "gcloud": GCLOUD, "gsutil": GSUTIL, "oci": OCI, "aliyun": ALIYUN, "ibmcloud": IBMCLOUD, "ic": IBMCLOUD, "bluemix": IBMCLOUD,
    "doctl": DOCTL, "tccli": TCCLI, "linode-cli": LINODE, "linode": LINODE, "hcloud": HCLOUD, "terraform": TERRAFORM, "tofu": TERRAFORM,
    "pulumi": PULUMI, "prowler": SCANNERS, "scout": SCOUT,
}  # fmt: skip

VALUED = {
    "gcloud": (
        "--project --account --configuration --format --verbosity --impersonate-service-account --billing-project --access-token-file"
        " --flags-file --filter --flatten --trace-token --universe-domain"
    ),
    "gsutil": "-o -h -u",
    "oci": "--region --profile --config-file --auth --output --query --cert-bundle --endpoint",
    "aliyun": "--profile -p --region --mode --access-key-id --access-key-secret",
    "ibmcloud": "--output",
    "doctl": "--context --access-token -t --output -o --api-url -u --config -c",
    "tccli": "--profile --region --output",
    "hcloud": "--context --config --endpoint",
    "terraform": "",
    "pulumi": "--cwd -C --color --verbose -v --cloud-url -c --default-org",
}
