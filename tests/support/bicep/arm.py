"""Our templates as ARM JSON, for a scanner whose own parser of Bicep is too old for them. What only a deployment knows is an expression.

python -m tests.support.bicep.arm FOLDER     # writes one file for each set of options
"""

import json
import sys
from pathlib import Path
from typing import Any

from .template import Template, evaluate
from .values import Ref

INFRA = Path(__file__).resolve().parents[3] / "infra"
PLAIN: dict[str, Any] = {"elasticUrl": "https://elastic.example:443"}
SECRETS = dict.fromkeys(
    ("elasticApiKey", "endpointElasticApiKey", "teamsWebhookUrl", "slackWebhookUrl", "webhookUrl", "webhookSigningSecret"), "x"
)
FULL: dict[str, Any] = {
    **PLAIN, **SECRETS, "eventHub": True, "network": "private", "alwaysReady": 1, "alarmEmail": "operators@example.com",
    "secretsExpireOn": "2027-06-30", "endpointOwnKey": True, "notifyChannels": "teams,slack,webhook",
}  # fmt: skip
OWN_SUBNETS = {"functionSubnetId": "/net/subnets/function", "endpointSubnetId": "/net/subnets/endpoints"}
OPTIONS: dict[str, dict[str, Any]] = {
    "plain": PLAIN,
    "secrets": {**PLAIN, **SECRETS},
    "hub": {**PLAIN, "eventHub": True, "alarmEmail": "operators@example.com"},
    "private": {**PLAIN, "network": "private"},
    "own-subnets": {**PLAIN, "network": "private", "privateDnsZones": False, **OWN_SUBNETS},
    "full": FULL,
}
"""Sets of parameters of main.bicep that together reach every resource with and without every option."""


CLOSES = "network=private closes it; plain is for an installation without a network of its own"
SKIPPED: dict[str, dict[str, str]] = {
    "Microsoft.Storage/storageAccounts": {
        "CKV_AZURE_206": "Standard_ZRS: three copies in three zones; the scanner asks for a second Region, and Graph reads everything again",
        "CKV_AZURE_59": CLOSES,
        "CKV_AZURE_35": CLOSES,
        "CKV_AZURE_36": "closed for Microsoft's other services too: nothing but the function's private endpoints reads it",
    },
    "Microsoft.KeyVault/vaults": {"CKV_AZURE_109": CLOSES, "CKV_AZURE_189": CLOSES},
    "Microsoft.KeyVault/vaults/secrets": {"CKV_AZURE_41": "the parameter secretsExpireOn sets the date; whoever gives none renews by hand"},
    "Microsoft.Web/serverfarms": {"CKV_AZURE_225": "Flex Consumption places instances itself; what one misses the next poll reads"},
    "Microsoft.Web/sites": {
        "CKV_AZURE_78": "Flex Consumption refuses ftpsState in some regions (error 51021); the publishing policy ftp denies FTP",
        "CKV_AZURE_222": "the app listens to nothing; its deployment endpoint takes Entra tokens only and must be reached to publish",
        "CKV_AZURE_17": "no function is triggered by HTTP, so no client calls",
        "CKV_AZURE_212": "a lease lets one instance work; alwaysReady keeps one warm",
        "CKV_AZURE_213": "no function is triggered by HTTP; the alarms say when no run comes to an end",
    },
}
"""What the scanner is not asked of a type, with the reason."""
OF_PLAIN_ONLY = {"CKV_AZURE_59", "CKV_AZURE_35", "CKV_AZURE_109", "CKV_AZURE_189", "CKV_AZURE_41"}
"""What is not asked of the plain set of options, and is of the full one."""


def arm(template: Template, option: str) -> dict[str, Any]:
    """The resources of a template as ARM JSON."""
    resources = []
    for found in template.resources:
        kind, _, version = found.type.partition("@")
        body = {name: inner for name, inner in found.body.items() if name not in ("parent", "scope", "dependsOn")}
        skips = [
            f"checkov:skip={check}:{reason}"
            for check, reason in SKIPPED.get(kind, {}).items()
            if option != "full" or check not in OF_PLAIN_ONLY
        ]
        metadata = {"metadata": {"checkov": skips}} if skips else {}
        resources.append({"type": kind, "apiVersion": version, **metadata, **_plain(body)})
    return {
        "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
        "contentVersion": "1.0.0.0",
        "resources": resources,
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return f"[reference('{value}')]"
    if isinstance(value, dict):
        return {name: _plain(inner) for name, inner in value.items()}
    return [_plain(inner) for inner in value] if isinstance(value, list) else value


def main(folder: Path) -> None:
    """Writes the files."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("secrets", "full"):
        (folder / f"azure-{name}.json").write_text(json.dumps(arm(evaluate(INFRA / "main.bicep", OPTIONS[name]), name), indent=1))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
