"""Programs and PowerShell modules whose purpose is an attack on cloud identities, or its test."""

from .row import Tool, rows

ROADTX = rows("roadtx", """
attack |                                 | | PyPI roadtx; token exchange for Entra
""")  # fmt: skip
ROADRECON = rows("roadrecon", """
attack |                                 | | PyPI roadrecon; gathers a tenant
""")  # fmt: skip
AZUREHOUND = rows("azurehound", """
attack |                                 | | BloodHoundAD/AzureHound README; the Enterprise edition runs as a service: allowlist that host
""")  # fmt: skip
AWS_CONSOLER = rows("aws_consoler", """
attack |                                 | | PyPI aws_consoler; turns a key into a console session
""")  # fmt: skip
PACU = rows("pacu", """
attack |                                 | | PyPI pacu
""")  # fmt: skip
CLOUDFOX = rows("cloudfox", """
attack |                                 | | BishopFox/cloudfox README
""")  # fmt: skip
STRATUS = rows("stratus", """
attack | detonate                        | | DataDog/stratus-red-team; a test of a detection: allowlist the tester with an end date
attack | warmup                          | | the same
attack | revert                          | | the same
attack | cleanup                         | | the same
""")  # fmt: skip
TOKENSMITH = rows("tokensmith", """
attack |                                 | | named by SigmaHQ as a bypass of conditional access; spelling of its words not checked
""")  # fmt: skip
O365SPRAY = rows("o365spray", """
attack |                                 | | 0xZDH/o365spray README
""")  # fmt: skip
MSOLSPRAY = rows("msolspray", """
attack |                                 | | MSOLSpray as a Python program
""")  # fmt: skip
SEATBELT = rows("seatbelt", """
attack |                                 | | GhostPack/Seatbelt: its checks read cloud credentials
""")  # fmt: skip
GRAPHSPY = rows("graphspy", """
attack |                                 | | PyPI GraphSpy; device-code phishing and stolen tokens in a browser
""")  # fmt: skip
DUMPERS = rows("token dumper", """
attack |                                 | | names in public tools that take a primary refresh token or cached tokens; partly unverified
""")  # fmt: skip

PROGRAMS: dict[str, tuple[Tool, ...]] = {
    "roadtx": ROADTX, "roadrecon": ROADRECON, "roadrecon-gui": ROADRECON, "azurehound": AZUREHOUND, "aws_consoler": AWS_CONSOLER,
    "pacu": PACU, "cloudfox": CLOUDFOX, "stratus": STRATUS, "tokensmith": TOKENSMITH, "o365spray": O365SPRAY, "msolspray": MSOLSPRAY,
    "seatbelt": SEATBELT, "graphspy": GRAPHSPY, "roadtoken": DUMPERS, "requestaadrefreshtoken": DUMPERS, "sharpaztoken": DUMPERS, "lantern": DUMPERS,
    "wambam": DUMPERS, "aztokenfinder": DUMPERS, "sharpcloud": DUMPERS, "lazagne": DUMPERS,
}  # fmt: skip

VALUED: dict[str, str] = {}

MODULES = frozenset({
    "aadinternals", "aadinternals-endpoints", "tokentactics", "tokentacticsv2", "graphrunner", "msolspray", "mfasweep", "powerzure",
    "microburst", "microburst-az", "microburst-azurerm", "microburst-misc", "baadtokenbroker",
})  # fmt: skip
"""PowerShell modules whose loading counts, whatever is called afterwards."""
