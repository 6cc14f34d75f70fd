"""Calls that list what a session may see. They are no login; shortly after one they show what it was for."""

import re

_READING = re.compile(r"(?:list|ls|show|describe|get|search|query|lookup)(?:-[\w-]+)?")
_FAMILIES = frozenset({"az", "aws", "gcloud", "m365", "mgc", "oci", "aliyun", "ibmcloud", "doctl", "gsutil", "azd"})
_CMDLET = re.compile(r"get-(?:az|mg|azuread|msol|entra|azurerm|pnp|ec2|s3|iam|exo|mailbox|aad|spo|cs)[a-z]*", re.IGNORECASE)


def listing_of(family: str, positionals: list[str]) -> str | None:
    """The call ("az keyvault list") when a command with these words lists or shows something, else None."""
    if family not in _FAMILIES:
        return None
    for at, word in enumerate(positionals[:6]):
        if _READING.fullmatch(word) or (family == "az" and word == "rest"):
            return " ".join((family, *(part[:40] for part in positionals[: at + 1])))
    return None


def cmdlet_listing(name: str) -> str | None:
    """The cmdlet when it lists something of a cloud, else None."""
    name = name.rpartition("\\")[2]
    return name if _CMDLET.fullmatch(name) else None
