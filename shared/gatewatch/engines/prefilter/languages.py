"""The languages: SQL of DuckDB, Spark and Athena, and Kusto's."""

from .syntax import Syntax, checked


def _sql(text: str) -> str:
    return "'" + checked(text).replace("'", "''") + "'"


def _spark(text: str) -> str:
    """Spark reads a backslash in a literal as an escape, and joins literals that touch: '' is no quote before version 4."""
    return "'" + checked(text).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _kusto(text: str) -> str:
    return '"' + checked(text).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _quoted(name: str) -> str:
    return ".".join('"' + checked(part).replace('"', '""') + '"' for part in name.split("."))


def _backticks(name: str) -> str:
    return ".".join("`" + checked(part).replace("`", "``") + "`" for part in name.split("."))


DUCKDB = Syntax(
    quote=_sql,
    name=_quoted,
    comment="--",
    matches="regexp_matches({0}, {1})",
    has="contains({0}, {1})",
    begins="starts_with({0}, {1})",
    lower="lower({0})",
    known="{0} IS NOT NULL",
)
SPARK = Syntax(
    quote=_spark,
    name=_backticks,
    comment="--",
    matches="({0} RLIKE {1})",
    has="(instr({0}, {1}) > 0)",
    begins="startswith({0}, {1})",
    lower="lower({0})",
    known="{0} IS NOT NULL",
)
ATHENA = Syntax(
    quote=_sql,
    name=_quoted,
    comment="--",
    matches="regexp_like({0}, {1})",
    has="(strpos({0}, {1}) > 0)",
    begins="starts_with({0}, {1})",
    lower="lower({0})",
    known="{0} IS NOT NULL",
)
KUSTO = Syntax(
    quote=_kusto,
    name=lambda name: f"[{_kusto(name)}]",
    comment="//",
    matches="{0} matches regex {1}",
    has="{0} contains_cs {1}",
    begins="{0} startswith_cs {1}",
    lower="tolower({0})",
    known="isnotempty({0})",
    one_of="{0} in ({1})",
    both="and",
    either="or",
    negated="not({0})",
    false="false",
)
