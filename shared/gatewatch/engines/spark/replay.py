"""A replay inside Spark: what one process does in loops, as stages over rows. The store is written by the driver alone."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import batched
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct

from ...alerts.state import AlertInputs
from ...errors import ConfigError
from ...evidence import decode
from ...flow.changed import Changed
from ...flow.delivery import deliver
from ...flow.familiarity import state_keys, write
from ...flow.intake import Disposition, RecordResult
from ...flow.policy import alert_inputs, begin
from ...flow.replay import Replayed
from ...flow.tally import Tally
from ...flow.wanted import EVERYTHING, Wanted
from ...flow.writing import APPEND_BATCH
from ...model.familiarity import Familiarity
from ...ports import AlertWrite, Appended, Ports, Written
from . import computing, deciding, inputs, reading
from .connecting import components
from .reading import Counts, Task
from .rows import ALERT, COUNTS, CROWDED, KEPT, LEFT, LESSON, MAYBE, SCHEMA, SparkRow, task

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

WHOLE_AT_MOST = 50_000
"""Evidence of a component that one task computes; a larger one is computed day by day, each with the longest chain of windows around it."""

_COUNTS = msgspec.json.Decoder(Counts)
_FAMILIARITY = msgspec.json.Decoder(Familiarity)


class Asked(Struct, frozen=True, kw_only=True):
    """What is replayed. ``geo`` names MMDB files as every machine of the cluster sees them."""

    paths: tuple[str, ...]
    wanted: Wanted = EVERYTHING
    tenant: str | None = None
    geo: str | None = None
    whole_at_most: int = WHOLE_AT_MOST
    whole_file: int = inputs.WHOLE_FILE


class Staged(Struct, frozen=True):
    """What the stages found, as tables that stay in Spark until they are written."""

    lessons: Any
    evidence: Any
    copies: int
    alerts: Any
    counts: list[Counts]


def replay(spark: "SparkSession", asked: Asked, ports: Ports) -> Replayed:
    """Replay what Spark finds under some paths into an empty store.

    Raises:
        ConfigError: the store holds evidence already.
        StoreUnavailable: the store is away; replay into another empty one.
    """
    ports = begin(ports)
    if ports.store.days():
        raise ConfigError("--engine spark computes alerts from the files alone: name a store that holds nothing yet")
    work = Task(tuning=ports.tuning, now=ports.clock(), wanted=asked.wanted, tenant=asked.tenant, geo=asked.geo)
    with inputs.settings(spark):
        found = _stages(spark, asked, work, alert_inputs(ports, now=work.now))
        return _written(found, ports)


def _stages(spark: "SparkSession", asked: Asked, work: Task, given: AlertInputs) -> Staged:
    from pyspark.sql import functions as f  # noqa: PLC0415 - only who has Spark comes here

    contents = inputs.contents(spark, asked.paths, asked.whole_file)
    first = _done(_mapped(contents, partial(reading.first_reading, work)))
    lessons = _done(_mapped(_in_units(_of(first, LESSON)), partial(deciding.lessons, work)))
    started = _done(_mapped(_in_units(_of(first, MAYBE).unionByName(lessons)), partial(deciding.starting, again=False)))
    kept = _of(first, KEPT).unionByName(_of(started, KEPT))
    crowded = _of(first, CROWDED).drop("named").join(_sought(kept).withColumn("named", f.expr("true")), "vendor", "left")
    crowds = _done(_mapped(_in_units(crowded.select(*first.columns)), deciding.crowds))
    kept = kept.unionByName(_of(crowds, KEPT))
    left = _of(first, LEFT).unionByName(_of(started, LEFT)).select("vendor").distinct()
    named = frozenset(row.vendor for row in left.join(_sought(kept), "vendor", "left_semi").toLocalIterator())
    tables = [first, started, crowds]
    if named:
        again = _mapped(contents, partial(reading.second_reading, work, named))
        tables.append(_done(_mapped(_in_units(again.unionByName(lessons)), partial(deciding.starting, again=True))))
        kept = kept.unionByName(_of(tables[-1], KEPT))
    evidence = _done(kept.dropDuplicates(["id"]))
    counts = [_COUNTS.decode(bytes(row.body)) for table in tables for row in _of(table, COUNTS).select("body").collect()]
    alerts = _mapped(_units(evidence, lessons, asked.whole_at_most), partial(computing.alerts, given))
    return Staged(lessons, evidence, kept.count() - evidence.count(), alerts, counts)


def _units(evidence: "DataFrame", lessons: "DataFrame", whole_at_most: int) -> "DataFrame":
    """Evidence by unit, and beside it the familiarity that it asks."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - see _stages

    labels = components(evidence.select("id", f.explode("tokens").alias("token")))
    of_people = evidence.join(labels, "id").withColumn("unit", f.concat(f.lit("p|"), "label")).withColumn("address", f.lit(""))
    of_addresses = evidence.where("address <> ''").withColumn("unit", f.concat(f.lit("a|"), "address"))
    units = of_people.select(*evidence.columns).unionByName(of_addresses)
    large = units.groupBy("unit").count().where(f.col("count") > whole_at_most).select("unit").localCheckpoint()
    if large.limit(1).count():
        units = units.join(large, "unit", "left_anti").unionByName(_by_day(units.join(large, "unit", "left_semi")))
    units = _done(units)
    asked = units.select("unit", "familiar").distinct()
    known = lessons.select(f.col("unit").alias("familiar"), "body").join(asked, "familiar")
    known = known.withColumn("kind", f.lit(LESSON))
    return _in_units(units.unionByName(known, allowMissingColumns=True))


def _by_day(units: "DataFrame") -> "DataFrame":
    """Units of a day: each piece of evidence is in those of every day on whose alerts it, or what is linked to it, may have a say."""
    from pyspark.sql import functions as f  # noqa: PLC0415 - see _stages

    dated = _done(_mapped(units, computing.own_days))
    groups = components(dated.select("id", f.explode("links").alias("token")))
    days = dated.select("id", f.explode("days").alias("day")).join(groups, "id").groupBy("label").agg(f.collect_set("day").alias("days"))
    spread = dated.drop("days").join(groups.join(days, "label").select("id", "days"), "id")
    return _mapped(spread.select(*units.columns), computing.by_day)


def _sought(kept: "DataFrame") -> "DataFrame":
    """The vendor ids of which every record is kept: versions of what is kept, and what it names."""
    versions = kept.where("changes").select("vendor")
    return versions.union(kept.where("wants <> ''").selectExpr("wants AS vendor")).distinct()


def _of(table: "DataFrame", kind: str) -> "DataFrame":
    return table.where(f"kind = '{kind}'")


def _in_units(table: "DataFrame") -> "DataFrame":
    return table.repartition("unit").sortWithinPartitions("unit", "kind", "order")


def _done(table: "DataFrame") -> "DataFrame":
    """The table, computed, without its history: every stage is computed once, and plans do not grow with the number of stages."""
    return table.localCheckpoint()


def _mapped(table: "DataFrame", function: Callable[[Iterator[SparkRow]], Iterable[SparkRow]]) -> "DataFrame":
    return table.mapInArrow(task(function), SCHEMA)


def _written(found: Staged, ports: Ports) -> Replayed:
    tally = Tally()
    for counts in found.counts:
        counts.add_to(tally)
    for some in batched(found.lessons.select("unit", "body").toLocalIterator(), APPEND_BATCH):
        moved = {row.unit: _FAMILIARITY.decode(bytes(row.body)) for row in some}
        write(moved, ports.store.read_state((), state_keys(sorted(moved))), ports.store)
    for bodies in batched(found.evidence.select("body").toLocalIterator(), APPEND_BATCH):
        evidence = [decode(bytes(row.body)) for row in bodies]
        for item, result in zip(evidence, ports.store.append(evidence), strict=True):
            if result.status is Appended.REFUSED:
                refused = RecordResult(0, Disposition.REFUSED, result.reason, "", "", item.event.vendor_id)
                tally.refuse(refused, of_file=False)
            else:
                tally.add(Disposition.STORED if result.status is Appended.CREATED else Disposition.DUPLICATE)
    if found.copies:
        tally.add(Disposition.DUPLICATE, times=found.copies)
    alerts = _alerts(found, ports)
    sent = deliver(alerts.keys(), ports) if ports.notifiers else []
    return Replayed.of(tally, alerts, sent)


def _alerts(found: Staged, ports: Ports) -> Changed:
    written = Changed(whole=True)
    for bodies in batched(_of(found.alerts, ALERT).select("body").toLocalIterator(), APPEND_BATCH):
        some = [computing.read_alert(bytes(row.body)) for row in bodies]
        results = ports.store.write_alerts([AlertWrite(alert, None) for alert in some])
        if any(result is not Written.DONE for result in results):
            raise ConfigError("another program writes to the same store: replay into one that nobody else uses")
        written.add(some)
    return written
