"""The activities of Entra's directory audits that are context of a person's alerts, with what people read of each.

Names: Microsoft Learn, "Microsoft Entra audit log categories and activities" and "security operations for privileged accounts" (2026-11). The
audit log of Microsoft 365 ends the same names with a full stop, and both logs write a dash with blanks around it where the documents write a
hyphen: names are compared after ``fold_activity``.
"""

from enum import StrEnum

from msgspec import Struct


class AuditKind(StrEnum):
    """What an activity changes."""

    SECURITY_INFO = "security_info"
    TEMPORARY_ACCESS_PASS = "temporary_access_pass"  # noqa: S105 - the name of a kind
    PASSWORD = "password"  # noqa: S105 - the same
    CONSENT = "consent"
    APPLICATION = "application"
    ROLE = "role"
    FEDERATION = "federation"
    SYNCHRONISATION = "synchronisation"
    POLICY = "policy"
    ELEVATED_ACCESS = "elevated_access"


class Audited(Struct, frozen=True):
    """One activity. ``phrase`` has the places ``{user}`` and ``{object}`` for what was changed."""

    name: str
    kind: AuditKind
    phrase: str


_K = AuditKind
AUDITED: tuple[Audited, ...] = (
    Audited("User registered security info", _K.SECURITY_INFO, "registered security info"),
    Audited("User registered all required security info", _K.SECURITY_INFO, "registered all required security info"),
    Audited("User deleted security info", _K.SECURITY_INFO, "deleted security info"),
    Audited("User changed default security info", _K.SECURITY_INFO, "changed the default security info"),
    Audited("Admin registered security info", _K.SECURITY_INFO, "registered security info for {user}"),
    Audited("Admin deleted security info", _K.SECURITY_INFO, "deleted security info of {user}"),
    Audited("Add FIDO2 security key", _K.SECURITY_INFO, "added a FIDO2 security key for {user}"),
    Audited("Add passwordless phone sign-in credential", _K.SECURITY_INFO, "added a passwordless phone sign-in for {user}"),
    Audited("Add Windows Hello for Business credential", _K.SECURITY_INFO, "added a Windows Hello for Business credential for {user}"),
    Audited("Create Temporary Access Pass method for user", _K.TEMPORARY_ACCESS_PASS, "created a temporary access pass for {user}"),
    Audited("Reset password", _K.PASSWORD, "reset the password of {user}"),
    Audited("Reset user password", _K.PASSWORD, "reset the password of {user}"),
    Audited("Change user password", _K.PASSWORD, "changed the password of {user}"),
    Audited("User started password reset", _K.PASSWORD, "started a password reset"),
    Audited("Consent to application", _K.CONSENT, "consented to the application {object}"),
    Audited("Add delegated permission grant", _K.CONSENT, "granted a delegated permission to {object}"),
    Audited("Remove delegated permission grant", _K.CONSENT, "removed a delegated permission from {object}"),
    Audited("Add app role assignment to service principal", _K.CONSENT, "granted an application permission to {object}"),
    Audited("Add service principal credentials", _K.APPLICATION, "added a credential to the service principal {object}"),
    Audited(
        "Update application - Certificates and secrets management",
        _K.APPLICATION,
        "changed certificates or secrets of the application {object}",
    ),
    Audited(
        "Create application - Certificates and secrets management",
        _K.APPLICATION,
        "created certificates or secrets of the application {object}",
    ),
    Audited("Add owner to application", _K.APPLICATION, "added {user} as an owner of the application {object}"),
    Audited("Add owner to service principal", _K.APPLICATION, "added {user} as an owner of the service principal {object}"),
    Audited("Add application", _K.APPLICATION, "added the application {object}"),
    Audited("Add service principal", _K.APPLICATION, "added the service principal {object}"),
    Audited("Add member to role", _K.ROLE, "gave the role {object} to {user}"),
    Audited("Add eligible member to role", _K.ROLE, "made {user} eligible for the role {object}"),
    Audited("Add scoped member to role", _K.ROLE, "gave the role {object} to {user} within a scope"),
    Audited("Add member to role completed (PIM activation)", _K.ROLE, "activated the role {object}"),
    Audited("Add member to role in PIM completed (permanent)", _K.ROLE, "gave the role {object} to {user} for good"),
    Audited("Add member to role in PIM completed (timebound)", _K.ROLE, "gave the role {object} to {user} for a time"),
    Audited("Add member to role outside of PIM (permanent)", _K.ROLE, "gave the role {object} to {user} outside of PIM"),
    Audited("Add eligible member to role in PIM completed (permanent)", _K.ROLE, "made {user} eligible for the role {object} for good"),
    Audited("Add eligible member to role in PIM completed (timebound)", _K.ROLE, "made {user} eligible for the role {object} for a time"),
    Audited("Set domain authentication", _K.FEDERATION, "changed how the domain {object} authenticates"),
    Audited("Set federation settings on domain", _K.FEDERATION, "changed the federation settings of the domain {object}"),
    Audited("Add unverified domain", _K.FEDERATION, "added the domain {object}"),
    Audited("Verify domain", _K.FEDERATION, "verified the domain {object}"),
    Audited("Set DirSync feature", _K.SYNCHRONISATION, "changed a feature of directory synchronisation"),
    Audited("Set DirSyncEnabled flag", _K.SYNCHRONISATION, "switched directory synchronisation on or off"),
    Audited("Add Conditional Access policy", _K.POLICY, "added the conditional access policy {object}"),
    Audited("Update Conditional Access policy", _K.POLICY, "changed the conditional access policy {object}"),
    Audited("Delete Conditional Access policy", _K.POLICY, "deleted the conditional access policy {object}"),
    Audited("Add named location", _K.POLICY, "added the named location {object}"),
    Audited("Update named location", _K.POLICY, "changed the named location {object}"),
    Audited("Delete named location", _K.POLICY, "deleted the named location {object}"),
    Audited("Update security defaults", _K.POLICY, "changed the security defaults"),
    Audited("Authentication Methods Policy Update", _K.POLICY, "changed the policy of authentication methods"),
    Audited("Update authorization policy", _K.POLICY, "changed the authorization policy"),
    Audited("Add policy", _K.POLICY, "added the policy {object}"),
    Audited("Update policy", _K.POLICY, "changed the policy {object}"),
    Audited("Delete policy", _K.POLICY, "deleted the policy {object}"),
    Audited("Disable Strong Authentication", _K.POLICY, "switched off strong authentication of {user}"),
    Audited(
        "User has elevated their access to User Access Administrator for their Azure Resources",
        _K.ELEVATED_ACCESS,
        "elevated their access to User Access Administrator of all Azure subscriptions",
    ),
)
"""Every activity that is read. Devices are left out: each new phone registers itself. So is what closes a risk: it is no act of the intruder."""

_NAME_LIMIT_CHARS = 200
_DASHES = {ord(dash): "-" for dash in "\N{EN DASH}\N{EM DASH}\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{MINUS SIGN}"}
ACCESS_PASS = "temporary access pass"  # noqa: S105 - no password
"""What the reason of the result says when the security info that was registered is a temporary access pass."""

TOKEN_SERVICE = "azure ests service"  # noqa: S105 - a name
"""Who writes a person's consent with the person's UPN, and with its own name and address, folded as names of activities are."""


def fold_activity(name: str) -> str:
    """The form in which names of activities are compared: case, dashes, blanks and a full stop at the end do not matter."""
    return " ".join(name[:_NAME_LIMIT_CHARS].translate(_DASHES).casefold().split()).rstrip(" .")


_BY_NAME = {fold_activity(each.name): each for each in AUDITED}


def audited(name: object) -> Audited | None:
    """The activity of this name, as any log writes it; None if it is none of the table."""
    return _BY_NAME.get(fold_activity(name)) if isinstance(name, str) else None
