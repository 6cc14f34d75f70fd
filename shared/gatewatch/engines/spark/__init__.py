"""``replay --engine spark``: the same functions, run by any Spark 3.5 or later. Spark itself is imported where it is used."""
