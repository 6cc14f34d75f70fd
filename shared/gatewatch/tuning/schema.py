"""The published JSON Schema of the tuning file, for editors. The loader is stricter: it also checks rule ids, networks and dates."""

_NAMES = {"type": "array", "items": {"type": "string", "minLength": 1}, "uniqueItems": True, "default": []}
_TEXT = {"type": "string", "minLength": 1}


def _names(description: str) -> dict[str, object]:
    return {**_NAMES, "description": description}


def _text(description: str) -> dict[str, object]:
    return {**_TEXT, "description": description}


def _choice(description: str, default: str, *names: str) -> dict[str, object]:
    return {"enum": list(names), "default": default, "description": description}


def _switch(description: str, *, default: bool) -> dict[str, object]:
    return {"type": "boolean", "default": default, "description": description}


def schema() -> dict[str, object]:
    """A new JSON Schema (2020-12) of the tuning file, for both TOML and JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gatewatch tuning",
        "description": "What a security team sets without changing code. A wrong part is reported and left out; it never matches anything.",
        "type": "object",
        "additionalProperties": False,
        "properties": {**_settings(), "allowlist": {"type": "array", "items": _entry(), "default": []}},
    }


def _settings() -> dict[str, object]:
    why = {"type": "array", "items": {"enum": ["severity", "reopen", "address"]}, "uniqueItems": True}
    return {
        "profile": _choice(
            "balanced: the points of the rules decide. published: every match of a published pattern is at least medium.",
            "balanced",
            "balanced",
            "published",
        ),
        "privileged_principals": _names(
            "Principals whose alerts score 15 points more: ARN, role ARN, user or session name, UPN or object id."
        ),
        "break_glass": _names("Emergency accounts: every successful sign-in of one makes an alert."),
        "known_networks": _names("Networks in CIDR notation; logins from them score 10 points less."),
        "aliases": {
            "type": "object",
            "additionalProperties": _TEXT,
            "default": {},
            "description": "Name -> person: the names of one person in all clouds.",
        },
        "federated_no_mfa": _choice(
            "What to do with federated AWS logins where MFAUsed is No: correlate with the Entra sign-in, or alert.",
            "correlate",
            "correlate",
            "alert",
        ),
        "remediated_closes": _switch(
            "Whether Entra's risk state 'remediated' closes an alert. Adversary-in-the-middle kits can pass MFA.", default=True
        ),
        "notify_from": _choice("The lowest severity of which people are notified.", "medium", "low", "medium", "high", "critical"),
        "renotify_on": {
            **why,
            "default": ["severity", "reopen", "address"],
            "description": "Which changes of an alert notify people again.",
        },
        "aws_app_ids": _names("Application ids of the Entra applications that sign people in to AWS."),
        "entra_saml_providers": _names(
            "ARNs of AWS SAML providers whose logins come through Entra ID. A login that no Entra sign-in explains then makes an alert; "
            "the non-interactive sign-ins of the tenant must be read, and aws_app_ids must name its AWS applications."
        ),
        "sync_accounts": _names("Directory synchronisation accounts whose names do not follow Microsoft's patterns: UPN or object id."),
        "endpoint_mode": _choice(
            "How command lines are matched: precise finds the program that really runs, wildcard finds the published patterns anywhere.",
            "precise",
            "precise",
            "wildcard",
        ),
    }


def _entry() -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "match", "rules", "expires", "reason", "owner"],
        "description": "An exception with an owner, a reason and an expiry. It suppresses an event if it lists every rule that the event matched.",
        "properties": {
            "id": _text("A unique name. It is shown in the alerts that the entry suppresses."),
            "match": _match(),
            "rules": {
                "oneOf": [{"const": "*"}, {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}],
                "description": 'Rule ids, or "*" for every rule. "*" never suppresses a critical score, root without MFA, a confirmed compromise or break-glass.',
            },
            "expires": _text(
                "Date, or date and time, of the expiry; UTC unless it has an offset. From then on the entry suppresses nothing."
            ),
            "reason": _text("The reason, with the ticket."),
            "owner": _text("Who is responsible for the entry."),
        },
    }


def _match() -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "description": "Every condition that is set must hold.",
        "properties": {
            "principal": _text(
                "ARN, role ARN, user or session name, UPN or object id. Compared as a whole; upper and lower case are equal."
            ),
            "cidr": _text("Source network."),
            "asn": {"type": "integer", "minimum": 1, "maximum": 4294967295, "description": "Autonomous system of the source."},
            "user_agent": _text(
                "Part of the user agent. With *, the whole user agent, where * matches any text. Upper and lower case are equal."
            ),
            "app_id": _text("Entra application id."),
            "account": _text("AWS account or Entra tenant id."),
            "parent_process": _text("Name of the parent process, with or without .exe. Upper and lower case are equal."),
        },
    }
