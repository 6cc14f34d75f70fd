"""The query for one language: every provider's forms together, with a comment that says how it is used and what it leaves out."""

from collections.abc import Sequence
from enum import StrEnum

from ...providers.catalogue import PROVIDERS
from ...tuning import Tuning
from . import json_lines, tables
from .json_lines import ENGINES, Source
from .languages import KUSTO


class Language(StrEnum):
    """The engines that a query is written for."""

    ATHENA = "athena"
    SPARK = "spark"
    KQL = "kql"
    DUCKDB = "duckdb"


LANGUAGES: tuple[str, ...] = tuple(language.value for language in Language)

_HOW = {
    Language.DUCKDB: (
        "records: a table or view with one JSON record in each row, as text, for example:",
        "CREATE VIEW records AS SELECT record FROM read_csv('logs/*.jsonl', columns = {'record': 'VARCHAR'}, header = false,",
        "  auto_detect = false, delim = '\\x1f', quote = '', escape = '', max_line_size = 67108864);",
        "Write the result with COPY (...) TO 'kept.jsonl' (FORMAT csv, HEADER false, DELIMITER '\\x1f', QUOTE '').",
    ),
    Language.SPARK: (
        "records: a table or view with one JSON record in each row, as text, for example:",
        "spark.read.text('logs/').withColumnRenamed('value', 'record').createOrReplaceTempView('records')",
        "Write the result with spark.sql(...).write.text('kept/').",
    ),
    Language.ATHENA: ("The table of CloudTrail records that AWS's documentation creates; --table names another.",),
    Language.KQL: (
        "The tables of Log Analytics, with or without Microsoft Sentinel. Run each query in the workspace that has its tables.",
    ),
}
_CONTAINED = "Records that lie in containers (a delivery file with all its records in one line) pass as they are: take them out first."
_SUPERSET = "Nothing that Gatewatch would keep is left out. Replay the result: gatewatch replay"
_FAMILIARITY = {
    True: "What teaches familiarity passes too, so a replay of the result gives the same alerts as a replay of everything.",
    False: "Without what only teaches familiarity: rules on what is first for a principal see less than in a replay of everything.",
}


def prefilter(language: Language, tuning: Tuning, *, familiarity: bool = True, names: Sequence[str] = (), column: str = "record") -> str:
    """The query in this language, with its comment.

    ``names`` are the tables to ask instead of the usual ones, ``column`` is the column with the JSON text (DuckDB and Spark).
    Raises ``ValueError`` for a name with a control character.
    """
    comment = KUSTO.comment if language is Language.KQL else "--"
    lines = [_SUPERSET, _FAMILIARITY[familiarity], *_HOW[language]]
    if language.value in ENGINES:
        lines.append(_CONTAINED)
        forms = [form for provider in PROVIDERS for form in provider.forms]
        source = Source(names[0] if names else "records", column)
        body = json_lines.query(ENGINES[language.value], forms, tuning, source, familiarity=familiarity)
    else:
        body = "\n\n".join(_of_tables(language, tuning, names, familiarity=familiarity))
    return "\n".join([*(f"{comment} {line}" for line in lines), body]) + ";\n"


def _of_tables(language: Language, tuning: Tuning, names: Sequence[str], *, familiarity: bool) -> list[str]:
    write = tables.in_kusto if language is Language.KQL else tables.in_athena
    return [
        write(form, table, tuning, names, familiarity=familiarity)
        for provider in PROVIDERS
        for form in provider.forms
        for table in form.tables
        if table.language == language.value
    ]
