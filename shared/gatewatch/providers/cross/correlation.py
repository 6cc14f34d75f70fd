"""The correlation record: everything that needs two providers."""

from ..provider import Correlation
from .mfa_verdict import BEFORE
from .rules import PAIR_RULES, RULES
from .steps import FIRST_STEPS
from .unexplained import GRACE, completed, waits

CORRELATION = Correlation(
    name="xcloud", reach=BEFORE, complete=completed, waits=waits, grace=GRACE, rules=RULES, pair_rules=PAIR_RULES, first_steps=FIRST_STEPS
)
