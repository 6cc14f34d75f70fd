#!/usr/bin/env bash
# Lets the function's identity read sign-ins and risk detections. Run it once as an administrator who may grant application permissions
# (Privileged Role Administrator, or AppRoleAssignment.ReadWrite.All), signed in with `az login`. Running it again changes nothing.
#
#   infra/grant_graph_permissions.sh PRINCIPAL_ID [GRAPH_BASE_URL [PERMISSION...]]
#
# The stream workload_risk_detections needs a third one: IdentityRiskyServicePrincipal.Read.All.
# PRINCIPAL_ID is an output of main.bicep; GRAPH_BASE_URL is https://graph.microsoft.com unless the tenant lives in another cloud.
set -euo pipefail

principal=${1:?usage: grant_graph_permissions.sh PRINCIPAL_ID [GRAPH_BASE_URL]}
graph=${2:-https://graph.microsoft.com}
if ! [[ $principal =~ ^[0-9a-fA-F-]{36}$ ]]; then
    echo "grant_graph_permissions: PRINCIPAL_ID must be an object id (36 characters)" >&2
    exit 2
fi

# AuditLog.Read.All reads sign-ins, IdentityRiskEvent.Read.All reads risk detections: the least that Graph documents for each.
permissions=(AuditLog.Read.All IdentityRiskEvent.Read.All)
for further in "${@:3}"; do
    if ! [[ $further =~ ^[A-Za-z]+\.Read\.All$ ]]; then
        echo "grant_graph_permissions: $further is no permission that only reads" >&2
        exit 2
    fi
    permissions+=("$further")
done

ask() { az rest --only-show-errors --method get --url "$1" --query "$2" --output tsv; }

service=$(ask "$graph/v1.0/servicePrincipals(appId='00000003-0000-0000-c000-000000000000')" id)
for permission in "${permissions[@]}"; do
    role=$(ask "$graph/v1.0/servicePrincipals/$service" "appRoles[?value=='$permission'].id | [0]")
    if [ -z "$role" ]; then
        echo "grant_graph_permissions: this cloud's Graph has no permission $permission; skipped" >&2
        continue
    fi
    held=$(ask "$graph/v1.0/servicePrincipals/$principal/appRoleAssignments" "value[?appRoleId=='$role'].id | [0]")
    if [ -n "$held" ]; then
        echo "$permission: granted before"
        continue
    fi
    az rest --only-show-errors --output none --method post --url "$graph/v1.0/servicePrincipals/$principal/appRoleAssignments" \
        --headers Content-Type=application/json \
        --body "{\"principalId\": \"$principal\", \"resourceId\": \"$service\", \"appRoleId\": \"$role\"}"
    echo "$permission: granted"
done
