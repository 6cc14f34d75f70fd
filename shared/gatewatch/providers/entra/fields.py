"""Entra rows of the field table: the fields of Elastic's azure integration, and the older spelling of one of them."""

from ..field import MappedField, rows

_SIGN_IN = rows(
    "Elastic azure",
    """
azure.tenant_id                                        keyword  Entra tenant
azure.correlation_id                                   keyword  Correlation id of the record (of a detection: its id)
azure.signinlogs.category                              keyword  SignInLogs, NonInteractiveUserSignInLogs, ...
azure.signinlogs.operation_name                        keyword  Sign-in activity
azure.signinlogs.identity                              keyword  Display name
azure.signinlogs.result_type                           keyword  Error code as text, "0" for success
azure.signinlogs.result_description                    keyword+long+text  Failure reason
azure.signinlogs.caller_ip_address                     ip       Same as source.ip
azure.signinlogs.properties.id                         keyword  Sign-in id; the request_id of a detection refers to it
azure.signinlogs.properties.created_at                 date     When the sign-in happened
azure.signinlogs.properties.correlation_id             keyword  Correlation id
azure.signinlogs.properties.user_id                    keyword  Object id of the user
azure.signinlogs.properties.user_principal_name        keyword  User principal name (UPN)
azure.signinlogs.properties.user_display_name          keyword  Display name
azure.signinlogs.properties.user_type                  keyword  Member or guest
azure.signinlogs.properties.service_principal_id       keyword  Service principal
azure.signinlogs.properties.service_principal_name     keyword  Its name
azure.signinlogs.properties.client_credential_type     keyword  What a confidential client proved itself with: clientSecret, clientAssertion, ...
azure.signinlogs.properties.service_principal_credential_key_id      keyword  Key id of that credential
azure.signinlogs.properties.service_principal_credential_thumbprint  keyword  Thumbprint, if it is a certificate
azure.signinlogs.properties.federated_credential_id    keyword  Federated credential
azure.signinlogs.properties.app_id                     keyword  Application id; use this one in rules
azure.signinlogs.properties.app_display_name           keyword  Application name; do not use it in rules, it is not unique
azure.signinlogs.properties.resource_id                keyword  Resource id
azure.signinlogs.properties.resource_display_name      keyword  Resource name
azure.signinlogs.properties.client_app_used            keyword  Browser, Mobile Apps and Desktop clients, ...
azure.signinlogs.properties.authentication_protocol    keyword  deviceCode, ropc, oAuth2, ...
azure.signinlogs.properties.original_transfer_method   keyword  deviceCodeFlow or authenticationTransfer, on the whole session
azure.signinlogs.properties.incoming_token_type        keyword  primaryRefreshToken, refreshToken, ...; absent is not "no token"
azure.signinlogs.properties.session_id                 keyword  Session
azure.signinlogs.properties.cross_tenant_access_type   keyword  none, b2bCollaboration, serviceProvider, ...
azure.signinlogs.properties.authentication_requirement keyword  singleFactorAuthentication or multiFactorAuthentication
azure.signinlogs.properties.conditional_access_status  keyword  success, failure, notApplied
azure.signinlogs.properties.is_interactive             boolean  Whether the user signed in interactively
azure.signinlogs.properties.status.error_code          long     0 is success
azure.signinlogs.properties.autonomous_system_number   long     Autonomous system
azure.signinlogs.properties.risk_level_during_signin   keyword  Real-time risk level
azure.signinlogs.properties.risk_level_aggregated      keyword  Aggregated risk level
azure.signinlogs.properties.risk_state                 keyword  none, atRisk, confirmedCompromised, remediated, dismissed, confirmedSafe
azure.signinlogs.properties.risk_detail                keyword  Reason of the risk state
azure.signinlogs.properties.risk_event_types           keyword  Risk types; anonymizedIPAddress is here, not in network_location_details
azure.signinlogs.properties.risk_event_types_v2        keyword  The same
azure.signinlogs.properties.device_detail.device_id         keyword  Device id
azure.signinlogs.properties.device_detail.display_name      keyword  Device name
azure.signinlogs.properties.device_detail.operating_system  keyword  Operating system
azure.signinlogs.properties.device_detail.browser           keyword  Browser
azure.signinlogs.properties.device_detail.trust_type        keyword  How the device is joined
azure.signinlogs.properties.device_detail.is_compliant      boolean  Compliant
azure.signinlogs.properties.device_detail.is_managed        boolean  Managed
""",
)

_SIGN_IN_OLDER = rows(
    "older spelling",
    """
azure.signinlogs.properties.risk_level_during_sign_in  keyword  Real-time risk level, for rules that write sign_in
""",
)

_RISK = rows(
    "Elastic azure",
    """
azure.identityprotection.category                          keyword  UserRiskEvents
azure.identityprotection.operation_name                    keyword  User Risk Detection
azure.identityprotection.properties.id                     keyword  Detection id
azure.identityprotection.properties.risk_event_type        keyword  What was detected: anonymizedIPAddress, ...
azure.identityprotection.properties.risk_level             keyword  Risk level
azure.identityprotection.properties.risk_state             keyword  Risk state
azure.identityprotection.properties.risk_detail            keyword  Reason of the risk state
azure.identityprotection.properties.detection_timing_type  keyword  realtime, nearRealtime or offline
azure.identityprotection.properties.activity               keyword  signin or user
azure.identityprotection.properties.source                 keyword  Product that detected it
azure.identityprotection.properties.token_issuer_type      keyword  Token issuer
azure.identityprotection.properties.request_id             keyword  Sign-in the detection belongs to
azure.identityprotection.properties.correlation_id         keyword  That sign-in's correlation id
azure.identityprotection.properties.ip_address             ip       Address of the activity
azure.identityprotection.properties.activity_datetime      date     When the activity happened
azure.identityprotection.properties.detected_datetime      date     When Microsoft detected it
azure.identityprotection.properties.last_updated_datetime  date     When the detection last changed
azure.identityprotection.properties.user_id                keyword  Object id of the user
azure.identityprotection.properties.user_principal_name    keyword  User principal name (UPN)
azure.identityprotection.properties.user_display_name      keyword  Display name
azure.identityprotection.properties.additional_info.Key    keyword  Name of additional information: userAgent, mitreTechniques, ...
azure.identityprotection.properties.additional_info.Value  keyword+long  Its value
azure.identityprotection.properties.location.city            keyword  City
azure.identityprotection.properties.location.state           keyword  State
azure.identityprotection.properties.location.countryOrRegion keyword  Country
azure.identityprotection.properties.location.geoCoordinates.latitude   float  Latitude
azure.identityprotection.properties.location.geoCoordinates.longitude  float  Longitude
""",
)

_AUDIT = rows(
    "Elastic azure",
    """
azure.auditlogs.category                                   keyword  AuditLogs
azure.auditlogs.operation_name                             keyword  The activity
azure.auditlogs.properties.id                              keyword  Directory audit id
azure.auditlogs.properties.activity_display_name           keyword  The activity, as Microsoft's documents write it
azure.auditlogs.properties.category                        keyword  UserManagement, ApplicationManagement, RoleManagement, ...
azure.auditlogs.properties.logged_by_service               keyword  Core Directory, Authentication Methods, ...
azure.auditlogs.properties.correlation_id                  keyword  Correlation id
azure.auditlogs.properties.result                          keyword  success, failure or unknown
azure.auditlogs.properties.result_reason                   keyword  Reason of the result; of security info: which method
""",
)

_OWN = rows(
    "gatewatch",
    """
gatewatch.audit.changes          keyword  Directory audit: security_info, temporary_access_pass, password, consent, application, role, federation, synchronisation, policy or elevated_access
gatewatch.audit.user             keyword  The user whom it was done to: UPN, else display name or object id
gatewatch.audit.target           keyword  The other object that it was done to by name, else by id: application, role, policy or domain
gatewatch.synthetic              boolean  Replaces a sign-in that a risk detection names and that has not been received
""",
)


def mapping() -> tuple[MappedField, ...]:
    """Every Entra field."""
    return (*_SIGN_IN, *_SIGN_IN_OLDER, *_RISK, *_AUDIT, *_OWN)
