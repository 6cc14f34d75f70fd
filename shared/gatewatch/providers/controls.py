"""CSA CCM 4.1 controls that mitigate T1021.007 according to CTID's Mappings Explorer. Each rule names those that it gives evidence about.

A detector does not implement these controls; its alerts are evidence about them.
Source: CTID Mappings Explorer, csa_ccm 4.1 x ATT&CK 17.1, mapping type "mitigates", updated 2026-01-27.
"""

SOURCE = "CTID Mappings Explorer, CSA CCM 4.1 x ATT&CK 17.1, 2026-01-27"

CONTROLS = {
    "IAM-16": "Authorization Mechanisms",
    "IAM-14": "Strong Authentication",
    "IAM-11": "CSCs Approval for Agreed Privileged Access Roles",
    "IAM-10": "Management of Privileged Access Roles",
    "IAM-09": "Segregation of Privileged Access Roles",
    "IPY-03": "Secure Interoperability and Portability Management",
    "IPY-02": "Application Interface Availability",
}
