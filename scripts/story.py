"""The fixed day on which the examples and the pictures of the documentation happen."""

from datetime import UTC, datetime

STORY_START = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
