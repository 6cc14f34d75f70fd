#!/bin/sh
# Run once with credentials of the organisation's management account. It makes the account of the Gatewatch stack a delegated administrator for
# StackSets, and gives the management account, which a service-managed StackSet never reaches, an ordinary forwarder stack in every enabled Region.
# Usage: scripts/prepare_organization.sh ADMIN_ACCOUNT CENTRAL_BUS_ARN [Name=Value ...]     (further parameters of the forwarder)
# It may be run again: what is done already stays as it is.
set -eu
cd "$(dirname "$0")/.."
[ $# -ge 2 ] || { sed -n '4p' "$0" | cut -c3- >&2; exit 2; }
admin=$1 bus=$2
shift 2
principal=member.org.stacksets.cloudformation.amazonaws.com

aws organizations enable-aws-service-access --service-principal "$principal"
known=$(aws organizations list-delegated-administrators --service-principal "$principal" --query 'DelegatedAdministrators[].Id' --output text)
case " $(printf '%s' "$known" | tr '\t\n' '  ') " in
    *" $admin "*) ;;
    *) aws organizations register-delegated-administrator --service-principal "$principal" --account-id "$admin" ;;
esac
for region in $(aws ec2 describe-regions --query 'Regions[].RegionName' --output text); do
    aws cloudformation deploy --region "$region" --stack-name gatewatch-forwarder --template-file infra/aws/region-forwarder.yaml \
        --capabilities CAPABILITY_NAMED_IAM --no-fail-on-empty-changeset --parameter-overrides "CentralBusArn=$bus" "$@"
done
