"""A person's case: who they are in each cloud, what is usual for them, what happened around an alert, and what the sessions did next."""

from .build import build
from .case import Identity, Moment, PersonCase, Steps
from .follow import MOST, follow
from .window import CaseWindow

__all__ = ["MOST", "CaseWindow", "Identity", "Moment", "PersonCase", "Steps", "build", "follow"]
