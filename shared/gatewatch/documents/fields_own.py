"""The fields that are Gatewatch's own: everything under ``gatewatch.*``."""

from ..providers.catalogue import DETAILS
from ..providers.field import rows

SHARED = rows(
    "gatewatch",
    f"""
gatewatch.schema_version         long     Version of this document schema
gatewatch.kind                   keyword  Source of the (highest) event: {", ".join(detail.kind() for detail in DETAILS)}
gatewatch.vendor_id              keyword  Its vendor id: aws|eventID, entra|signIn.id, entra-risk|riskDetection.id, entra-audit|directoryAudit.id, endpoint|event.id
gatewatch.subject                keyword  Who acted: root, iam_user, saml_role, identity_center_role, entra_user, ...
gatewatch.truncated_fields       keyword  Names of fields that were cut to their bound
gatewatch.account                keyword  AWS account or Entra tenant of the group
gatewatch.principal              keyword  Stable id within the account: what alerts group by
gatewatch.person                 keyword  Person key: what crosses clouds
gatewatch.data_quality           keyword  unknown_outcome, unknown_enum, time_missing, identity_missing, ...
gatewatch.mfa.verdict            keyword  satisfied, absent or unknown; of federated AWS logins, what the Entra sign-in says
""",
)

EVIDENCE = rows(
    "gatewatch",
    """
gatewatch.evidence_id            keyword  The document's id: sha256 of vendor id, normalised fields and order time
gatewatch.subjects               keyword  Tokens of principal and person: the context of an event is read by them
gatewatch.links                  keyword  Tokens of ids: what ties events together at any time
gatewatch.client                 keyword  Coarse client, a feature of familiarity
gatewatch.wants                  keyword  Vendor id of the record that this one names, and that must be evidence as well
gatewatch.evidence               object   The whole typed record: reading it back gives an equal one
""",
    ("evidence",),
)

ALERT = rows(
    "gatewatch",
    """
gatewatch.alert_id               keyword  The alert's id
gatewatch.family                 keyword  aws, entra, endpoint or xcloud
gatewatch.day                    date     UTC day of the group
gatewatch.status                 keyword  open, closed, retracted or merged
gatewatch.score                  long     Score, 1 to 100: that of the highest event
gatewatch.severity               keyword  low, medium, high or critical
gatewatch.rule                   keyword  Rule that names the alert
gatewatch.rules                  keyword  Every rule that matched an event of the alert
gatewatch.score_components.name           keyword  Arithmetic of the score: name of each component
gatewatch.score_components.points         long     Its points
gatewatch.score_components.reason         keyword+long  Its reason
gatewatch.score_components.kind           keyword  base, corroboration, modifier, correlation or clamp
gatewatch.event_count            long     Events whose own rules fired
gatewatch.event_ids              keyword  Their vendor ids
gatewatch.related_ids            keyword  Related evidence: failures of a window, authorizations, what the person changed in the directory
gatewatch.addresses              keyword  Source addresses, as written
gatewatch.countries              keyword  Countries
gatewatch.mfa.source             keyword  Vendor id of the record the MFA verdict comes from
gatewatch.truncated              boolean  There was more evidence than the bound; never lowers an alert
gatewatch.ccm_controls           keyword  CSA CCM 4.1 controls that its rules give evidence about (CTID lists them as mitigating T1021.007)
gatewatch.suppressed             boolean  All its events are allowlisted: stored, not announced
gatewatch.suppressed_by          keyword  Allowlist entry
gatewatch.merged_into            keyword  Alert that its events moved to
gatewatch.replaces               keyword  Alerts it took events from
gatewatch.occurrence                long     How often it has been opened
gatewatch.pending                   keyword  Channels with a pending notification
gatewatch.pending_reason               keyword  new, raised, reopened, address or closed
gatewatch.notified_count             long     Notifications sent
gatewatch.updated                date     When the alert was last recomputed to something else
gatewatch.first_notified             date     First notification
gatewatch.last_notified              date     Last notification
gatewatch.seconds_to_detect      float    Seconds from the highest event to the first stored alert
gatewatch.response.acknowledged_at  date     When a responder took it
gatewatch.response.acknowledged_by  keyword  Who took it
gatewatch.response.closed_at        date     When a responder closed it
gatewatch.response.closed_by        keyword  Who closed it
gatewatch.response.close_reason     keyword+long  Why it was closed, in the responder's words
gatewatch.response.verdict          keyword  malicious, expected, mistaken or test
gatewatch.alert                  object   The whole typed alert: reading it back gives an equal one
""",
    ("alert",),
)
