"""AWS rows of the field table: the fields of Elastic's aws integration, and older spellings of the same facts."""

from ..field import MappedField, rows

_AWS = rows(
    "Elastic aws",
    """
aws.cloudtrail.event_version                           keyword  CloudTrail record version
aws.cloudtrail.event_type                              keyword  AwsConsoleSignIn and its spellings; do not use it in rules
aws.cloudtrail.event_category                          keyword  Management
aws.cloudtrail.management_event                        keyword  true or false
aws.cloudtrail.read_only                               boolean  Whether the call changes nothing
aws.cloudtrail.recipient_account_id                    keyword  Account that recorded the event in its trail
aws.cloudtrail.request_id                              keyword  Request id
aws.cloudtrail.error_code                              keyword  Error code
aws.cloudtrail.error_message                           keyword+long+text  Error message
aws.cloudtrail.additional_eventdata                    keyword+text  Login page, mobile and MFA as text
aws.cloudtrail.response_elements                       keyword+text  The answer as text: {ConsoleLogin=Success}
aws.cloudtrail.user_identity.type                      keyword  IAMUser, Root, AssumedRole, FederatedUser, ...
aws.cloudtrail.user_identity.arn                       keyword  ARN; missing on failed IAM user logins
aws.cloudtrail.user_identity.access_key_id             keyword  Access key id (never a secret)
aws.cloudtrail.user_identity.invoked_by                keyword  AWS service that made the call for somebody
aws.cloudtrail.user_identity.session_context.mfa_authenticated             keyword  true or false, as text: MFA according to the session
aws.cloudtrail.user_identity.session_context.creation_date                 date     When the session began
aws.cloudtrail.user_identity.session_context.session_issuer.type           keyword  Role, ...
aws.cloudtrail.user_identity.session_context.session_issuer.principal_id   keyword  Issuer's id
aws.cloudtrail.user_identity.session_context.session_issuer.arn            keyword  Role ARN
aws.cloudtrail.user_identity.session_context.session_issuer.account_id     keyword  Issuer's account
aws.cloudtrail.console_login.additional_eventdata.mfa_used                 boolean  MFA at the AWS console; absent when CloudTrail does not say; false for every federated login
aws.cloudtrail.console_login.additional_eventdata.mobile_version           boolean  Mobile console
aws.cloudtrail.console_login.additional_eventdata.login_to                 keyword  Page the login led to
aws.cloudtrail.flattened.response_elements.ConsoleLogin                    keyword  Success or Failure
aws.cloudtrail.flattened.additional_eventdata.MFAUsed                      keyword  Yes or No
aws.cloudtrail.flattened.additional_eventdata.MobileVersion                keyword  Yes or No
aws.cloudtrail.flattened.additional_eventdata.LoginTo                      keyword  Page the login led to
""",
)

_AWS_OLDER = rows(
    "older spelling",
    """
aws.cloudtrail.console_login.additional_event_data.mfa_used                keyword  Yes or No, for rules that compare with text
aws.cloudtrail.console_login.additional_event_data.mobile_version          keyword  Yes or No
aws.cloudtrail.console_login.additional_event_data.login_to                keyword  Page the login led to
""",
)


def mapping() -> tuple[MappedField, ...]:
    """Every AWS field."""
    return (*_AWS, *_AWS_OLDER)
