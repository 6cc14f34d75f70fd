"""The Entra applications that sign people in to AWS: by the tuning's list, else by their display name in the tenant.

A sign-in shows neither the gallery template of an application nor a fixed id: ``instantiate`` makes an application with an id of its
own and a name of the administrator's choice (Microsoft's sample: "AWS Contoso"). The name only makes evidence, never points.
"""

import re
from functools import lru_cache

from ...reading.late_pattern import LatePattern
from ...tuning import Tuning
from .detail import EntraSignIn

_NAME = LatePattern(r"(?<![a-z0-9])(?:aws|amazon web services)(?![a-z0-9])", re.IGNORECASE)


def is_aws_application(sign_in: EntraSignIn, tuning: Tuning) -> bool:
    """Whether the application is on the list, or, where the tuning names none, is called AWS."""
    if tuning.aws_app_ids:
        return is_listed(sign_in, tuning)
    return _is_called_aws(sign_in.app_name) or _is_called_aws(sign_in.resource_name)


@lru_cache(maxsize=4_096)
def _is_called_aws(name: str | None) -> bool:
    return name is not None and _NAME.search(name[:256]) is not None


def is_listed(sign_in: EntraSignIn, tuning: Tuning) -> bool:
    """Whether the tuning names the application."""
    app_id = (sign_in.app_id or "").casefold()
    return any(app_id == listed.casefold() for listed in tuning.aws_app_ids)
