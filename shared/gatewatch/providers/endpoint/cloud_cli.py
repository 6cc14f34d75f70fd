"""Tables of the cloud commands that authenticate."""

# Options that take the next word as their value, so that "aws --profile prod sts" is still "aws sts".
_VALUE_OPTIONS = {
    "az": frozenset({"--subscription", "--output", "-o", "--query", "--cloud"}),
    "aws": frozenset({
        "--profile", "--region", "--output", "--endpoint-url", "--query", "--color", "--ca-bundle",
        "--cli-read-timeout", "--cli-connect-timeout", "--cli-binary-format", "--cli-error-format",
    }),
    "gcloud": frozenset({
        "--project", "--account", "--configuration", "--format", "--verbosity", "--impersonate-service-account", "--billing-project",
        "--access-token-file", "--flags-file", "--filter", "--flatten", "--trace-token", "--universe-domain",
    }),
}  # fmt: skip
_LOGINS = {
    "az": (("login",), ("account", "set")),
    "aws": (("configure", "sso"), ("configure",), ("sts",), ("login",), ("sso", "login")),
    "gcloud": (
        ("auth", "login"),
        ("auth", "print-access-token"),
        ("auth", "application-default"),
        ("auth", "activate-service-account"),
    ),
}
_HELP = frozenset({"--help", "-h", "-?", "/?"})
_RELEASE_TRACKS = frozenset({"alpha", "beta", "preview"})

CMDLETS = {
    "connect-azaccount": "Connect-AzAccount",
    "login-azaccount": "Connect-AzAccount",  # aliases that Az.Accounts exports
    "add-azaccount": "Connect-AzAccount",
    "connect-mggraph": "Connect-MgGraph",
    "connect-graph": "Connect-MgGraph",  # alias that Microsoft.Graph.Authentication exports
    "connect-exchangeonline": "Connect-ExchangeOnline",
}


def login_of(program: str, arguments: list[str]) -> str | None:
    """The login command in a call of ``az``, ``aws`` or ``gcloud`` ("az login"); None for other commands and for help."""
    positionals = _positionals(arguments, _VALUE_OPTIONS[program])
    if positionals is None:
        return None
    if program == "gcloud" and positionals[:1] and positionals[0] in _RELEASE_TRACKS:
        positionals = positionals[1:]
    for login in _LOGINS[program]:
        if tuple(positionals[: len(login)]) == login:
            return " ".join((program, *login))
    return None


def cmdlet_of(name: str, arguments: list[str]) -> str | None:
    """The connecting cmdlet of this name, with or without module prefix; None for other cmdlets and for help."""
    if "-?" in arguments:
        return None
    return CMDLETS.get(name.rpartition("\\")[2].casefold())


def _positionals(arguments: list[str], valued: frozenset[str]) -> list[str] | None:
    """The arguments that are not options or their values, in lower case; None when help is requested."""
    found: list[str] = []
    skip = False
    for argument in arguments:
        folded = argument.casefold()
        if folded in _HELP:
            return None
        if skip:
            skip = False
        elif folded.startswith("-"):
            skip = folded in valued
        else:
            found.append(folded)
    return None if "help" in found[:4] else found
