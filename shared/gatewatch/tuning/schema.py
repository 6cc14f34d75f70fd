"""The published JSON Schema of the tuning file. Editors complete from it; the loader is stricter (it knows rule ids, networks, dates)."""

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
    """A fresh JSON Schema (2020-12) of the tuning file, TOML or JSON alike."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gatewatch tuning",
        "description": "What a security team sets without touching code. A broken part is a named error and never a match.",
        "type": "object",
        "additionalProperties": False,
        "properties": {**_settings(), "allowlist": {"type": "array", "items": _entry(), "default": []}},
    }


def _settings() -> dict[str, object]:
    why = {"type": "array", "items": {"enum": ["severity", "reopen", "address"]}, "uniqueItems": True}
    return {
        "privileged_principals": _names("Principals whose alerts weigh 15 more: ARN, role ARN, user or session name, UPN or object id."),
        "break_glass": _names("Emergency accounts: any successful sign-in of one is an alert."),
        "known_networks": _names("Networks in CIDR notation whose logins weigh 10 less."),
        "aliases": {
            "type": "object",
            "additionalProperties": _TEXT,
            "default": {},
            "description": "Person -> person: which names across the clouds are one person.",
        },
        "federated_no_mfa": _choice(
            "Federated AWS logins that say MFAUsed No: wait for Entra's word, or alert.", "correlate", "correlate", "alert"
        ),
        "remediated_closes": _switch(
            "Whether Entra's risk state 'remediated' closes an alert. Adversary-in-the-middle kits pass MFA.", default=True
        ),
        "notify_from": _choice("The severity from which people are told.", "medium", "low", "medium", "high", "critical"),
        "renotify_on": {**why, "default": ["severity", "reopen", "address"], "description": "What makes people hear of an alert again."},
        "aws_app_ids": _names("Application ids of the Entra applications that lead to AWS."),
        "endpoint_mode": _choice("How command lines are read.", "precise", "precise", "wildcard"),
    }


def _entry() -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "required": ["id", "match", "rules", "expires", "reason", "owner"],
        "description": "One owned, reasoned, expiring exception. It silences an event when it lists every rule that the event matched.",
        "properties": {
            "id": _text("A unique name; alerts that it silences carry it."),
            "match": _match(),
            "rules": {
                "oneOf": [{"const": "*"}, {"type": "array", "items": _TEXT, "minItems": 1, "uniqueItems": True}],
                "description": 'Rule ids, or "*": every rule, but never a critical score, root without MFA, a confirmed compromise or break-glass.',
            },
            "expires": _text("Date or date and time (UTC without an offset) from which it silences nothing."),
            "reason": _text("Why, with the ticket."),
            "owner": _text("Who answers for it."),
        },
    }


def _match() -> dict[str, object]:
    return {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "description": "All that are set must hold.",
        "properties": {
            "principal": _text("ARN, role ARN, user or session name, UPN or object id; exact, letter case aside."),
            "cidr": _text("Source network."),
            "asn": {"type": "integer", "minimum": 1, "maximum": 4294967295, "description": "Autonomous system of the source."},
            "user_agent": _text("Part of the user agent; with * the whole of it, where * stands for anything. Letter case aside."),
            "app_id": _text("Entra application id."),
            "account": _text("AWS account or Entra tenant id."),
            "parent_process": _text("Name of the parent process; letter case and .exe aside."),
        },
    }
