"""The records of the benchmark corpora as text templates, in the size that the vendors' own records have.

A template is JSON text with ``%(name)s`` where records differ. Sizes: a Graph sign-in with the conditional access policies of a tenant is
about 6.6 KB, an EventBridge envelope around a CloudTrail record about 1.7 KB, a risk detection about 1.2 KB.
"""

import json
import re
from typing import Any

TENANT = "0f0e0d0c-1111-4222-8333-444455556666"
ACCOUNT = "111122223333"


def template(record: dict[str, Any]) -> str:
    """The record as text for the ``%`` operator; ``<name>`` in a string marks a value, ``"<name:>"`` one that is no string."""
    text = json.dumps(record, separators=(",", ":")).replace("%", "%%")
    return re.sub(r'"<(\w+):>"|<(\w+)>', lambda found: f"%({found[1] or found[2]})s", text)


def _policy(number: int) -> dict[str, Any]:
    return {
        "id": f"c0de{number:04d}-5f5e-4a4b-8c8d-6e6f70717273",
        "displayName": f"CA{number:03d} - Require multifactor authentication or a compliant device for group {number}",
        "enforcedGrantControls": ["Mfa", "RequireCompliantDevice"] if number % 3 else [],
        "enforcedSessionControls": [],
        "sessionControlsNotSatisfied": [],
        "result": "success" if number % 3 else "notApplied",
        "conditionsSatisfied": "application,users" if number % 3 else "none",
        "conditionsNotSatisfied": "none" if number % 3 else "deviceState",
        "includeRulesSatisfied": [{"conditionalAccessCondition": "application", "ruleSatisfied": "allApps"}],
        "excludeRulesSatisfied": [],
    }


_STEP = {
    "authenticationStepDateTime": "<time>Z",
    "authenticationMethod": "Password",
    "authenticationMethodDetail": "Password in the cloud",
    "succeeded": True,
    "authenticationStepResultDetail": "Correct password",
    "authenticationStepRequirement": "Primary authentication",
}

SIGN_IN = template({
    "id": "<id>",
    "createdDateTime": "<time>Z",
    "userDisplayName": "<name>",
    "userPrincipalName": "<upn>",
    "userId": "<user>",
    "appId": "<app>",
    "appDisplayName": "<app_name>",
    "ipAddress": "<ip>",
    "ipAddressFromResourceProvider": None,
    "clientAppUsed": "Browser",
    "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36 Edg/142.0",
    "correlationId": "<correlation>",
    "conditionalAccessStatus": "success",
    "originalRequestId": "",
    "isInteractive": True,
    "tokenIssuerName": "",
    "tokenIssuerType": "AzureAD",
    "authenticationProtocol": "none",
    "incomingTokenType": "none",
    "originalTransferMethod": "none",
    "clientCredentialType": "none",
    "crossTenantAccessType": "none",
    "userType": "member",
    "processingTimeInMilliseconds": 143,
    "riskDetail": "<detail>",
    "riskLevelAggregated": "<level>",
    "riskLevelDuringSignIn": "<level>",
    "riskState": "<state>",
    "riskEventTypes_v2": "<types:>",
    "resourceDisplayName": "<resource_name>",
    "resourceId": "<resource>",
    "resourceTenantId": TENANT,
    "homeTenantId": TENANT,
    "homeTenantName": "",
    "authenticationMethodsUsed": [],
    "authenticationRequirement": "multiFactorAuthentication",
    "signInEventTypes": ["interactiveUser"],
    "servicePrincipalId": "",
    "servicePrincipalName": None,
    "uniqueTokenIdentifier": "<id>",
    "sessionId": "<correlation>",
    "isTenantRestricted": False,
    "autonomousSystemNumber": "<asn:>",
    "crossTenantUserId": None,
    "privateLinkDetails": {"policyId": None, "policyName": None, "resourceId": None, "policyTenantId": None},
    "status": {"errorCode": "<code:>", "failureReason": "Other.", "additionalDetails": "MFA requirement satisfied by claim in the token"},
    "deviceDetail": {
        "deviceId": "<device>",
        "displayName": "LAPTOP-<number>",
        "operatingSystem": "Windows 11",
        "browser": "Edge 142.0.0",
        "isCompliant": True,
        "isManaged": True,
        "trustType": "Azure AD joined",
    },
    "location": {
        "city": "Oslo",
        "state": "Oslo",
        "countryOrRegion": "<country>",
        "geoCoordinates": {"altitude": None, "latitude": 59.91, "longitude": 10.75},
    },
    "appliedConditionalAccessPolicies": [_policy(number) for number in range(1, 7)],
    "authenticationContextClassReferences": [{"id": "urn:microsoft:policies", "detail": "required"}],
    "authenticationProcessingDetails": [
        {"key": "Legacy TLS (TLS 1.0, 1.1, 3DES)", "value": "False"},
        {"key": "Oauth Scope Info", "value": '["User.Read","email","openid","profile"]'},
        {"key": "Is CAE Token", "value": "True"},
    ],
    "networkLocationDetails": [{"networkType": "namedNetwork", "networkNames": ["Headquarters", "All trusted locations"]}],
    "authenticationDetails": [
        _STEP,
        _STEP | {"authenticationMethod": "Previously satisfied", "authenticationStepRequirement": "Multifactor authentication"},
    ],
    "authenticationRequirementPolicies": [{"requirementProvider": "multiConditionalAccess", "detail": "Conditional Access"}],
    "sessionLifetimePolicies": [],
    "appliedEventListeners": [],
    "authenticationAppDeviceDetails": None,
    "authenticationAppPolicyEvaluationDetails": [],
    "mfaDetail": None,
    "managedServiceIdentity": {"msiType": "none", "associatedResourceId": "", "federatedTokenId": "", "federatedTokenIssuer": ""},
})  # fmt: skip

DETECTION = template({
    "id": "<id>",
    "requestId": "<request:>",
    "correlationId": "<correlation>",
    "riskType": "<type>",
    "riskEventType": "<type>",
    "riskState": "<state>",
    "riskLevel": "<level>",
    "riskDetail": "<detail>",
    "source": "IdentityProtection",
    "detectionTimingType": "<timing>",
    "activity": "signin",
    "tokenIssuerType": "AzureAD",
    "ipAddress": "<ip>",
    "activityDateTime": "<time>Z",
    "detectedDateTime": "<time>Z",
    "lastUpdatedDateTime": "<time>Z",
    "userId": "<user>",
    "userDisplayName": "<name>",
    "userPrincipalName": "<upn>",
    "additionalInfo": json.dumps([
        {"Key": "userAgent", "Value": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/142.0.0.0 Safari/537.36"},
        {"Key": "alertUrl", "Value": None},
        {"Key": "riskReasons", "Value": ["UnfamiliarASN", "UnfamiliarBrowser", "UnfamiliarDevice", "UnfamiliarIP", "UnfamiliarLocation"]},
        {"Key": "mitreTechniques", "Value": "T1078.004"},
    ]),
    "location": {
        "city": "Oslo",
        "state": "Oslo",
        "countryOrRegion": "NO",
        "geoCoordinates": {"altitude": None, "latitude": 59.91, "longitude": 10.75},
    },
})  # fmt: skip


def _envelope(source: str, detail_type: str, detail: dict[str, Any]) -> dict[str, Any]:
    common = {
        "eventVersion": "1.08",
        "eventTime": "<time>Z",
        "awsRegion": "eu-west-1",
        "sourceIPAddress": "<ip>",
        "requestID": "<correlation>",
        "eventID": "<id>",
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {"tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": "eu-west-1.aws.com"},
    }
    return {
        "version": "0",
        "id": "<correlation>",
        "detail-type": detail_type,
        "source": source,
        "account": ACCOUNT,
        "time": "<time>Z",
        "region": "eu-west-1",
        "resources": [],
        "detail": common | detail,
    }


_ROLE = f"arn:aws:iam::{ACCOUNT}:role/delivery/Builder"
_BUILDER = {
    "type": "AssumedRole",
    "principalId": "AROAEXAMPLEBUILDER000:<session>",
    "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/Builder/<session>",
    "accountId": ACCOUNT,
    "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
    "sessionContext": {
        "sessionIssuer": {
            "type": "Role",
            "principalId": "AROAEXAMPLEBUILDER000",
            "arn": _ROLE,
            "accountId": ACCOUNT,
            "userName": "Builder",
        },
        "attributes": {"creationDate": "<time>Z", "mfaAuthenticated": "false"},
    },
}
_PERSON = {
    "type": "IAMUser",
    "principalId": "AIDAEXAMPLE<number>",
    "arn": f"arn:aws:iam::{ACCOUNT}:user/people/<upn>",
    "accountId": ACCOUNT,
    "userName": "<upn>",
}
_WORDY = {
    "roleSessionName": "job-<number>-deploy",
    "nextToken": "eyJ2IjoiMiIsImMiOiI3cWtPZ2N6QWJ4ZHhQVnBxWm1vb1lXNTBJajoyTURFMk1EQXhOalEifQ",
}
_SDK = "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.24.1 md/GOOS#linux md/GOARCH#arm64 api/sts#1.33.17 m/E,g"
_API = "AWS API Call via CloudTrail"

CALL = template(
    _envelope("aws.<service>", _API, {
        "eventSource": "<service>.amazonaws.com",
        "eventName": "<call>",
        "userAgent": _SDK,
        "userIdentity": _BUILDER,
        "requestParameters": {"maxResults": 1000, "filterSet": {"items": [{"name": "tag:Owner", "valueSet": {"items": [{"value": "a"}]}}]}, **_WORDY},
        "responseElements": None,
        "readOnly": True,
    })
)  # fmt: skip

KEY_USE = template(
    _envelope("aws.s3", _API, {
        "eventSource": "s3.amazonaws.com",
        "eventName": "ListBuckets",
        "userAgent": f"[{_SDK}]",
        "userIdentity": _PERSON | {"accessKeyId": "AKIAEXAMPLE<number>"},
        "requestParameters": {"Host": "s3.eu-west-1.amazonaws.com", "prefix": "backup/2026/", "maxKeys": "1000", **_WORDY},
        "responseElements": None,
        "additionalEventData": {"SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256", "AuthenticationMethod": "AuthHeader"},
        "readOnly": True,
    })
)  # fmt: skip

LOGIN = template(
    _envelope("aws.signin", "AWS Console Sign In via CloudTrail", {
        "eventSource": "signin.amazonaws.com",
        "eventName": "ConsoleLogin",
        "eventType": "AwsConsoleSignIn",
        "userAgent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
        "userIdentity": _PERSON,
        "requestParameters": _WORDY,
        "responseElements": {"ConsoleLogin": "Success"},
        "additionalEventData": {
            "LoginTo": "https://console.aws.amazon.com/console/home?hashArgs=%23&isauthcode=true&nc2=h_ct&src=header-signin&state=hash",
            "MobileVersion": "No",
            "MFAUsed": "<mfa>",
        },
        "readOnly": False,
    })
)  # fmt: skip
