"""The Functions worker looks for ``app`` beside host.json; it is made in ``azure_function.app``."""

from azure_function.app import app  # noqa: F401 - see above
