"""Somebody entered AWS through SAML, and no sign-in at Entra explains it."""

from ....model import Activity
from ....tuning import Tuning
from ...aws.facts import CONSOLE_LOGIN, console_login, on
from ...aws.samples import saml_login
from ...phrases import where, who
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss

POINTS = 47


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """47 points for a login that is marked as unexplained (``cross.unexplained``)."""
    if not activity.unexplained or console_login(activity) is None:
        return None
    event = activity.event
    return Finding(POINTS, f"{who(event)} entered the AWS console through SAML from {where(event)}, and no Entra sign-in explains it.")


RULE = Rule(
    metadata=RuleMetadata(
        id="xcloud_saml_without_signin",
        title="AWS login through SAML without an Entra sign-in",
        meaning="AWS accepted an assertion that Entra ID has not issued as far as its logs show; its signing key may be in other hands.",
        family="xcloud",
        tier=2,
        attack=("T1606.002", "T1078.004", "T1021.007"),
        controls=("IAM-16", "IPY-03"),
        references=(
            "https://attack.mitre.org/techniques/T1606/002/",
            "https://learn.microsoft.com/entra/identity/saas-apps/amazon-web-service-tutorial",
        ),
        false_positives=(
            "The poller of Entra was behind for more than three hours: the alert closes when the sign-in arrives.",
            "The sign-in was made for an application that aws_app_ids does not name: name it.",
        ),
        first_steps=(
            "Look for the person's sign-ins in Entra by hand, in all streams, from an hour before the login.",
            "If there is none: end the role's older sessions, and take the SAML provider out of the role's trust policy.",
            "Then find out who read or added a token-signing certificate of the identity provider.",
        ),
    ),
    on=on(CONSOLE_LOGIN),
    match=match,
    silenced_by_wildcard=False,
    examples=(
        hit("unexplained", 47, saml_login(unexplained=True)),
        miss("explained, or not asked", saml_login()),
        miss("another event", saml_login(unexplained=True, event_name="SwitchRole")),
    ),
)
