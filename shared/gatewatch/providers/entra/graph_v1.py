"""What Microsoft Graph v1.0 shows of a sign-in. Everything else is shown by beta and by diagnostic settings only.

Source: npm microsoft-graph-types 2.43.1 (2026-11); beta: microsoft-graph-types-beta 0.44.0-preview.
"""

SIGN_IN_PROPERTIES = frozenset({
    "appDisplayName", "appId", "appliedConditionalAccessPolicies", "clientAppUsed", "conditionalAccessStatus", "correlationId",
    "createdDateTime", "deviceDetail", "id", "ipAddress", "isInteractive", "location", "resourceDisplayName", "resourceId", "riskDetail",
    "riskEventTypes", "riskEventTypes_v2", "riskLevelAggregated", "riskLevelDuringSignIn", "riskState", "status", "userDisplayName",
    "userId", "userPrincipalName",
})  # fmt: skip
