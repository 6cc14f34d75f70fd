"""Asks every check and keeps the answers: one that fails keeps no other from being asked."""

from collections.abc import Callable, Iterable, Sequence

from msgspec import Struct, structs

from ..errors import GatewatchError
from .findings import CannotLook, Diagnosis, Examination, NeverAsked, Unanswered


class Inspection[W](Struct, frozen=True):
    """One thing to look at in a world of ports ``W``. ``ask`` yields what is wrong, and raises ``CannotLook`` when it cannot say.

    ``explained_by`` names findings of other checks that say why this one gets no answer (a token that is refused, an index that is
    away): where one of them was found, the missing answer is no news of its own.
    """

    id: str
    title: str
    ask: Callable[[W], Iterable[Diagnosis]]
    explained_by: tuple[str, ...] = ()


def examine[W](
    target: str,
    checks: Sequence[Inspection[W]],
    world: W,
    never_asked: Sequence[NeverAsked] = (),
    *,
    subject: str = "",
    found: Sequence[Diagnosis] = (),
) -> Examination:
    """Every check, in order. Nothing that a check raises ends the examination.

    ``subject`` names this world where there are several: it stands before the subject of each finding. ``found`` are findings of another
    examination that may explain a missing answer of this one.
    """
    findings: list[Diagnosis] = []
    missing: list[tuple[Inspection[W], CannotLook]] = []
    for check in checks:
        try:
            findings.extend(check.ask(world))  # what was found before an error stays found
        except CannotLook as error:
            missing.append((check, error))
        except GatewatchError as error:
            missing.append((check, CannotLook(str(error))))
        except Exception as error:  # noqa: BLE001 - a fault of one check must not hide what the others find
            missing.append((check, CannotLook(f"unexpected {type(error).__name__}")))
    known = {finding.id for finding in (*found, *findings)}
    return Examination(
        target=target,
        checks=tuple(check.id for check in checks),
        findings=_sorted(structs.replace(one, subject=f"{subject} {one.subject}".strip()) for one in findings),
        not_looked=tuple(structs.replace(_unanswered(check, error, known), subject=subject) for check, error in missing),
        never_asked=tuple(never_asked),
    )


def joined(examinations: Sequence[Examination]) -> Examination:
    """Several looks as one, under the target of the first; at least one."""
    return Examination(
        target=examinations[0].target,
        checks=tuple(check for one in examinations for check in one.checks),
        findings=_sorted(finding for one in examinations for finding in one.findings),
        not_looked=tuple(missing for one in examinations for missing in one.not_looked),
        never_asked=tuple(dict.fromkeys(limit for one in examinations for limit in one.never_asked)),
    )


def _sorted(findings: Iterable[Diagnosis]) -> tuple[Diagnosis, ...]:
    return tuple(sorted(findings, key=lambda finding: (-finding.severity.lowest, finding.id, finding.subject)))


def _unanswered[W](check: Inspection[W], error: CannotLook, known: set[str]) -> Unanswered:
    because = next((one for one in check.explained_by if one in known), "")
    return Unanswered(check=check.id, reason=error.reason, fix=error.fix, because=because)
