"""Which extra of this package brings a module that is not installed."""

EXTRAS: dict[str, str] = {
    "aws_lambda_powertools": "aws",
    "azure": "azure",
    "boto3": "aws",
    "botocore": "aws",
    "kiota_abstractions": "azure",
    "msgraph": "azure",
    "pyarrow": "parquet",
    "pyspark": "spark",
}
"""Top-level modules, as they are imported, by the extra of pyproject.toml that installs them."""


def how_to_install(module: str | None) -> str | None:
    """What to type for a module that was not found; None when no extra brings it, so that its absence is a fault of ours."""
    extra = EXTRAS.get((module or "").partition(".")[0])
    return None if extra is None else f"needs the {module} package: pip install 'gatewatch[{extra}]'"
