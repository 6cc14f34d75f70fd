"""The correlation record: everything that needs two providers."""

from ..provider import Correlation
from .mfa_verdict import BEFORE, with_verdicts
from .rules import PAIR_RULES, RULES
from .steps import FIRST_STEPS

CORRELATION = Correlation(name="xcloud", reach=BEFORE, complete=with_verdicts, rules=RULES, pair_rules=PAIR_RULES, first_steps=FIRST_STEPS)
