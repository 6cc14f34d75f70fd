"""What ``mutate.py`` breaks, and the tests that have to notice it: the deterministic ones of the same part."""

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "shared"
_NO_LOGIC = {"__init__.py", "samples.py", "page.py", "controls.py"}


@dataclass(frozen=True)
class Part:
    """Modules that are broken together with the tests that have to notice."""

    name: str
    sources: tuple[str, ...]
    tests: tuple[str, ...]
    examples: bool  # whether the rules' own examples are asked first

    def files(self) -> list[Path]:
        """The modules' files, in order of their paths."""
        return sorted(path for pattern in self.sources for path in SOURCE.glob(pattern) if path.name not in _NO_LOGIC)


PARTS = (
    Part(
        "rules",
        (
            "gatewatch/providers/*/rules/*.py",
            "gatewatch/providers/*/facts.py",
            "gatewatch/providers/*/circumstances.py",
            "gatewatch/providers/entra/control_planes.py",
            "gatewatch/providers/entra/flows.py",
            "gatewatch/providers/entra/sync_accounts.py",
            "gatewatch/scoring/*.py",
        ),
        (
            "rules/test_score.py",
            "rules/test_modifiers.py",
            "rules/test_suppression.py",
            "rules/test_entra_facts.py",
            "rules/test_aws_rules.py",
            "rules/test_endpoint_rules.py",
            "rules/test_entra_rules.py",
            "rules/test_entra_flows.py",
            "rules/test_counted.py",
            "rules/test_published.py",
            "rules/test_rule_index.py",
        ),
        examples=True,
    ),
    Part(
        "alerts",
        ("gatewatch/alerts/*.py", "gatewatch/providers/entra/link.py", "gatewatch/providers/cross/mfa_verdict.py"),
        (
            "unit/alerts",
            "unit/providers/entra/test_closure.py",
            "unit/providers/entra/test_completion.py",
            "unit/flow/test_announced.py",
            "unit/flow/test_delivery.py",
            "unit/flow/test_delivery_together.py",
            "unit/flow/test_entra_in_flow.py",
            "unit/flow/test_responses.py",
            "unit/flow/test_round_trips.py",
            "unit/flow/test_stories.py",
            "unit/flow/test_together.py",
            "unit/documents/test_alert.py",
            "unit/report/test_bounds.py",
            "unit/providers/test_people.py",
            "unit/providers/cross",
        ),
        examples=False,
    ),
    Part(
        "keeping",
        (
            "gatewatch/familiarity.py",
            "gatewatch/providers/aws/familiarity.py",
            "gatewatch/providers/endpoint/ordinary.py",
            "gatewatch/providers/entra/closure.py",
            "gatewatch/providers/entra/completion.py",
            "gatewatch/providers/entra/features.py",
            "gatewatch/providers/entra/keep.py",
            "gatewatch/providers/entra/mfa.py",
        ),
        (
            "unit/model/test_familiarity.py",
            "unit/model/test_familiarity_edges.py",
            "unit/model/test_forgetting.py",
            "unit/providers/entra/test_closure.py",
            "unit/providers/entra/test_completion.py",
            "unit/providers/entra/test_features.py",
            "unit/providers/entra/test_keep.py",
            "unit/providers/entra/test_mfa.py",
            "unit/providers/entra/test_sign_in_and_risk.py",
            "unit/providers/endpoint/test_ordinary.py",
            "unit/providers/aws/test_familiar_rules_in_flow.py",
            "unit/providers/aws/test_calls.py",
            "unit/flow/test_federated_mfa.py",
            "unit/flow/test_malicious.py",
            "unit/flow/test_new_country.py",
        ),
        examples=False,
    ),
)
