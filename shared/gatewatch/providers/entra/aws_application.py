"""The Entra applications that sign people in to AWS: by the tuning's list, else by their display name in the tenant.

A sign-in shows neither the gallery template of an application nor a fixed id: ``instantiate`` makes an application with an id of its
own and a name of the administrator's choice (Microsoft's sample: "AWS Contoso"). The name only makes evidence, never points.
"""

import re

from ...tuning import Tuning
from .detail import EntraSignIn

TEMPLATES = {
    "8b1025e4-1dd2-430b-a150-2ef79cd700f5": "AWS Single-Account Access",
    "21ed01d2-ec13-4e9e-86c1-cd546719ebc4": "AWS IAM Identity Center",
}
"""The gallery templates (``applicationTemplateId`` of an application or service principal), which a directory search finds."""

_NAME = re.compile(r"(?<![a-z0-9])(?:aws|amazon web services)(?![a-z0-9])", re.IGNORECASE)


def is_aws_application(sign_in: EntraSignIn, tuning: Tuning) -> bool:
    """Whether the application is on the list, or, where the tuning names none, is called AWS."""
    if tuning.aws_app_ids:
        return is_listed(sign_in, tuning)
    return any(_NAME.search(name[:256]) for name in (sign_in.app_name, sign_in.resource_name) if name)


def is_listed(sign_in: EntraSignIn, tuning: Tuning) -> bool:
    """Whether the tuning names the application."""
    app_id = (sign_in.app_id or "").casefold()
    return any(app_id == listed.casefold() for listed in tuning.aws_app_ids)
