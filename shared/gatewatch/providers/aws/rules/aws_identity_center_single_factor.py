"""Somebody signed in to the Identity Center portal with one factor."""

from ....model import Activity, Fact, Outcome
from ....tuning import Tuning
from ...phrases import where
from ...rule import Finding, Rule, RuleMetadata, Window
from ...samples import hit, miss
from ..facts import USER_AUTHENTICATION, factors, on, portal_mfa
from ..facts import portal_sign_in as sign_in_of
from ..samples import console_login
from ..samples import portal_sign_in as sample
from ..steps import PORTAL
from ..text import name

POINTS = 40


def match(activity: Activity, _window: Window, _tuning: Tuning) -> Finding | None:
    """40 points when neither the record nor the verifications of its workflow name a second factor or an identity provider."""
    portal = sign_in_of(activity)
    if portal is None or portal_mfa(portal) is not Fact.ABSENT:
        return None
    enrolled = " A second factor was registered during this sign-in, by whoever had the first." if portal.device_enrolled else ""
    used = ", ".join(factors(portal))
    reason = f"{name(activity.event)} signed in to the Identity Center portal from {where(activity.event)} with {used} alone.{enrolled}"
    return Finding(POINTS, reason)


RULE = Rule(
    metadata=RuleMetadata(
        id="aws_identity_center_single_factor",
        title="AWS Identity Center sign-in with one factor",
        meaning="Whoever has this password can enter every account and application that the portal offers to its owner.",
        family="aws",
        tier=2,
        attack=("T1021.007", "T1078.004"),
        controls=("IAM-14", "IPY-03"),
        references=(
            "https://docs.aws.amazon.com/singlesignon/latest/userguide/understanding-sign-in-events.html",
            "https://docs.aws.amazon.com/singlesignon/latest/userguide/enable-mfa.html",
        ),
        false_positives=(
            "The instance does not ask for MFA, or only when the context changes: require it at every sign-in, then close.",
            "A new user's first sign-in with a one-time password by e-mail (EMAIL_OTP): ask whether the account is new.",
        ),
        first_steps=PORTAL,
    ),
    on=on(USER_AUTHENTICATION),
    match=match,
    examples=(
        hit("a password alone", 40, sample()),
        hit("a device was registered during the sign-in", 40, sample(device_enrolled=True)),
        hit("a code by e-mail", 40, sample(credentials=("EMAIL_OTP",))),
        hit("a device was synchronised again", 40, sample(credentials=("PASSWORD", "RESYNC_TOTP"))),
        miss("a second factor in the record", sample(credentials=("PASSWORD", "TOTP"))),
        miss("a second factor in a verification of its workflow", sample(verified=("WEBAUTHN",))),
        miss("a smart card", sample(credentials=("SMARTCARD",))),
        miss("an external identity provider owns MFA", sample(credentials=("EXTERNAL_IDP",))),
        miss("the record names no credential", sample(credentials=())),
        miss("it failed", sample(outcome=Outcome.FAILURE)),
        miss("a verification is no sign-in", sample(event_name="CredentialVerification")),
        miss("a console login", console_login(mfa_used=Fact.ABSENT)),
    ),
)
