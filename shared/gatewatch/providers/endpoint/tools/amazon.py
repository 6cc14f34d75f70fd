"""Programs of AWS. Sources are public documentation, packages or other detections; "patterns" = the published ones."""

from .row import Tool, rows

AWS = rows("aws", """
login | configure $                      | | docs.aws.amazon.com/cli configure; patterns; stores a key
login | configure set *aws_access_key_id | | docs.aws.amazon.com/cli configure set; names that make a credential
login | configure set *aws_secret_access_key | | the same
login | configure set *aws_session_token | | the same
login | configure set *credential_process | | the same
login | configure set *role_arn          | | the same
login | configure set *web_identity_token_file | | the same
login | configure set *sso_start_url     | | the same
login | configure set *sso_session       | | the same
read  | configure set                    | | region, output and the like make no credential
login | configure import                 | | docs.aws.amazon.com/cli configure import; stores keys of a CSV file
login | configure sso*                   | | docs.aws.amazon.com/cli configure sso, configure sso-session
login | configure mfa-login              | | aws-cli configure/mfalogin.py; asks STS for a session
token | configure export-credentials     | | docs.aws.amazon.com/cli configure export-credentials
read  | configure                        | | list, list-profiles, get and the like: no login
login | login                            | | docs.aws.amazon.com/cli login, version 2.32
login | sso login                        | | docs.aws.amazon.com/cli sso login
token | sso get-role-credentials         | | docs.aws.amazon.com/cli sso get-role-credentials
token | sso-oidc create-token*           | | docs.aws.amazon.com/cli sso-oidc; device code
token | sso-oidc start-device-authorization | | the same
token | sso-oidc register-client         | | the same
token | signin create-oauth2-token*      | | aws-cli signin
token | signin create-o-auth2-token*     | | the same, its hidden spelling
login | sts get-caller-identity          | | patterns; the health check of scripts and the first question of an attacker
token | sts assume-role                  | | docs.aws.amazon.com/cli sts
token | sts assume-role-with-saml        | | the same
token | sts assume-role-with-web-identity | | the same
token | sts assume-root                  | | the same
token | sts get-session-token            | | docs.aws.amazon.com/cli sts
token | sts get-federation-token         | | docs.aws.amazon.com/cli sts; a console session from a key
token | sts get-web-identity-token       | | docs.aws.amazon.com/cli sts
token | sts get-delegated-access-token   | | the same
login | sts *                            | | patterns; the other verbs of STS are not separated
read  | eks                              | | get-token presigns locally, once per kubectl call; update-kubeconfig writes a file
read  | ecr*                             | | a registry login from the session that exists
""")  # fmt: skip

AWS_VAULT = rows("aws-vault", """
login | exec                             | | 99designs/aws-vault USAGE.md
login | login                            | | the same; opens the console
login | export                           | | the same; prints credentials
login | rotate                           | | the same; makes a new key
login | add                              | | the same; stores a key
""")  # fmt: skip

SAML2AWS = rows("saml2aws", """
login | login                            | | Versent/saml2aws README
login | exec                             | | the same
login | console                          | | the same
login | script                           | | the same; prints credentials
""")  # fmt: skip

AWS_AZURE_LOGIN = rows("aws-azure-login", """
login |                                  | without --configure -c --version | aws-azure-login README; no sub-command, every run logs in
""")  # fmt: skip

GRANTED = rows("granted", """
login | sso login                        | | docs.commonfate.io/granted
login | sso populate                     | | the same
token | credential-process               | under shell | the same; every SDK call of such a profile starts it
login | credentials add                  | | the same
login | credentials import               | | the same
""")  # fmt: skip

ASSUMEGO = rows("assume", """
login |                                  | without --generate-bash-completion --version -v | docs.commonfate.io/granted: the program behind assume
""")  # fmt: skip

GIMME = rows("gimme-aws-creds", """
login |                                  | without --action-configure -c --action-list-profiles --action-list-roles --version | gimme-aws-creds README
""")  # fmt: skip

OKTA = rows("okta-aws-cli", """
read  | list-profiles                    | | okta/okta-aws-cli README; reads
read  | debug                            | | the same
login |                                  | without --version -v | the same; options alone mean web
""")  # fmt: skip

AWS_SSO_UTIL = rows("aws-sso-util", """
login | login                            | | benkehoe/aws-sso-util README
login | run-as                           | | the same
login | console                          | | the same
token | credential-process               | under shell | the same; every SDK call of such a profile starts it
""")  # fmt: skip

AWS_SSO = rows("aws-sso", """
login | login                            | | synfinatic/aws-sso-cli docs/commands.md
login | exec                             | | the same
login | eval                             | | the same
login | console                          | | the same
token | process                          | under shell | the same; a credential_process
token | credentials                      | | the same
""")  # fmt: skip

LEAPP = rows("leapp", """
login | session start                    | | docs.leapp.cloud cli
login | session generate                 | | the same
login | session run-aws-credential-plugin | | the same
login | session open-web-console         | | the same
login | session add                      | | the same; stores a key
""")  # fmt: skip

SIGNING_HELPER = rows("aws_signing_helper", """
token | credential-process               | under shell | docs.aws.amazon.com/rolesanywhere, credential helper; every SDK call of such a profile starts it
login | serve                            | | the same; hands out credentials to every program of the host
login | update                           | | the same; writes them into the credentials file
""")  # fmt: skip

PROGRAMS: dict[str, tuple[Tool, ...]] = {
    "aws": AWS, "aws2": AWS, "aws-vault": AWS_VAULT, "saml2aws": SAML2AWS, "aws-azure-login": AWS_AZURE_LOGIN, "granted": GRANTED,
    "assumego": ASSUMEGO, "dassumego": ASSUMEGO, "gimme-aws-creds": GIMME, "okta-aws-cli": OKTA, "aws-sso-util": AWS_SSO_UTIL,
    "aws-sso": AWS_SSO, "leapp": LEAPP, "aws_signing_helper": SIGNING_HELPER,
}  # fmt: skip

VALUED = {
    "aws": (
        "--profile --region --output --endpoint-url --query --color --ca-bundle --cli-read-timeout --cli-connect-timeout"
        " --cli-binary-format --cli-error-format"
    ),
    "aws-vault": "--backend --prompt --keychain --pass-dir --region --duration -d",
    "saml2aws": "--idp-account -a --profile -p --config --username --password --url --role --region --exec-profile --mfa --idp-provider",
    "aws-sso": "--config --lines --level --sso -S --profile -p --browser",
    "leapp": "--region --sessionid --profileid",
}
