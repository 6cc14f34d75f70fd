"""The forms that Kibana's public source gives its saved objects and detection rules, as JSON Schemas.

Written from: dashboard_saved_object/schema (v1, v2), saved_search/server/saved_objects (model version 5, kept by the later ones), data_views
(index-pattern), the Lens attributes that Elastic's integrations ship, and the OpenAPI of the detection engine (rule_schemas,
common_attributes). Where the source forbids unknown names, so do these.
"""

from typing import Any

type Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
NAME: Schema = {"type": "string", "minLength": 1}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "number"}


def exact(required: dict[str, Schema], more: dict[str, Schema] | None = None) -> Schema:
    """An object with these properties and no other."""
    return {"type": "object", "properties": {**required, **(more or {})}, "required": [*required], "additionalProperties": False}


def listed(items: Schema, least: int = 0, most: int | None = None) -> Schema:
    """An array."""
    return {"type": "array", "items": items, "minItems": least, **({"maxItems": most} if most else {})}


SOURCE = exact({"searchSourceJSON": TEXT})
SEARCH = exact(
    {"title": TEXT, "columns": listed(TEXT), "sort": listed(listed(TEXT, 2, 2)), "kibanaSavedObjectMeta": SOURCE},
    {
        "description": TEXT,
        "grid": {"type": "object"},
        "hideChart": FLAG,
        "isTextBasedQuery": FLAG,
        "usesAdHocDataView": FLAG,
        "timeRestore": FLAG,
        "rowHeight": NUMBER,
        "rowsPerPage": NUMBER,
        "sampleSize": NUMBER,
    },
)
DASHBOARD = exact(
    {"title": TEXT},
    {
        "description": TEXT,
        "kibanaSavedObjectMeta": SOURCE,
        "timeRestore": FLAG,
        "timeFrom": TEXT,
        "timeTo": TEXT,
        "refreshInterval": exact({"pause": FLAG, "value": NUMBER}),
        "panelsJSON": TEXT,
        "optionsJSON": TEXT,
    },
)
VIEW = exact({"title": TEXT}, {"name": TEXT, "timeFieldName": TEXT, "allowHidden": FLAG, "fieldFormatMap": TEXT, "runtimeFieldMap": TEXT})
ATTRIBUTES = {"search": SEARCH, "dashboard": DASHBOARD, "index-pattern": VIEW}
REFERENCE = exact({"type": TEXT, "id": TEXT, "name": TEXT})
SAVED = exact(
    {"id": NAME, "type": {"enum": [*ATTRIBUTES]}, "attributes": {"type": "object"}, "references": listed(REFERENCE)},
    {"coreMigrationVersion": TEXT, "typeMigrationVersion": TEXT, "managed": FLAG},
)
GRID = exact(
    {
        "x": {"type": "integer", "minimum": 0, "maximum": 47},
        "y": {"type": "integer", "minimum": 0},
        "w": {"type": "integer", "minimum": 1, "maximum": 48},
        "h": {"type": "integer", "minimum": 1},
        "i": TEXT,
    }
)
PANEL = exact(
    {"type": {"enum": ["lens", "search"]}, "panelIndex": TEXT, "gridData": GRID, "embeddableConfig": {"type": "object"}},
    {"title": TEXT, "version": TEXT, "panelRefName": TEXT},
)
COLUMN = exact(
    {
        "label": TEXT,
        "operationType": {"enum": ["count", "max", "terms", "date_histogram"]},
        "sourceField": TEXT,
        "dataType": {"enum": ["number", "string", "date"]},
        "isBucketed": FLAG,
        "scale": {"enum": ["ratio", "ordinal", "interval"]},
    },
    {"customLabel": FLAG, "params": {"type": "object"}},
)
LAYER = exact(
    {"columns": {"type": "object", "additionalProperties": COLUMN}, "columnOrder": listed(TEXT, 1)},
    {"incompleteColumns": {"type": "object"}},
)
LENS = exact(
    {
        "title": TEXT,
        "type": {"const": "lens"},
        "visualizationType": {"enum": ["lnsMetric", "lnsXY", "lnsPie", "lnsDatatable"]},
        "references": listed(REFERENCE, 1),
        "state": exact(
            {
                "visualization": {"type": "object"},
                "query": exact({"query": TEXT, "language": {"const": "kuery"}}),
                "filters": listed({"type": "object"}),
                "datasourceStates": exact(
                    {"formBased": exact({"layers": {"type": "object", "additionalProperties": LAYER}})}, {"textBased": {"type": "object"}}
                ),
            },
            {"internalReferences": listed(REFERENCE), "adHocDataViews": {"type": "object"}},
        ),
    }
)
SEVERITY: Schema = {"enum": ["low", "medium", "high", "critical"]}
TECHNIQUE = {"id": TEXT, "name": TEXT, "reference": TEXT}
RULE = exact(
    {
        "name": NAME,
        "description": NAME,
        "risk_score": {"type": "integer", "minimum": 0, "maximum": 100},
        "severity": SEVERITY,
        "type": {"const": "query"},
        "rule_id": TEXT,
    },
    {
        "query": TEXT,
        "language": {"enum": ["kuery", "lucene"]},
        "index": listed(TEXT),
        "from": {"type": "string", "pattern": r"^now-\d+[smhd]$"},
        "interval": {"type": "string", "pattern": r"^[1-9]\d*[smh]$"},
        "timestamp_override": TEXT,
        "max_signals": {"type": "integer", "minimum": 1},
        "risk_score_mapping": listed(exact({"field": TEXT, "operator": {"const": "equals"}, "value": TEXT}, {"risk_score": NUMBER})),
        "severity_mapping": listed(exact({"field": TEXT, "operator": {"const": "equals"}, "severity": SEVERITY, "value": TEXT})),
        "rule_name_override": TEXT,
        "alert_suppression": exact(
            {"group_by": listed(TEXT, 1, 3)},
            {
                "duration": exact({"value": {"type": "integer", "minimum": 1}, "unit": {"enum": ["s", "m", "h"]}}),
                "missing_fields_strategy": {"enum": ["doNotSuppress", "suppress"]},
            },
        ),
        "threat": listed(
            exact(
                {"framework": TEXT, "tactic": exact(TECHNIQUE)},
                {"technique": listed(exact(TECHNIQUE, {"subtechnique": listed(exact(TECHNIQUE))}))},
            )
        ),
        "tags": listed(TEXT),
        "author": listed(TEXT),
        "license": TEXT,
        "false_positives": listed(TEXT),
        "references": listed(TEXT),
        "enabled": FLAG,
        "version": {"type": "integer", "minimum": 1},
        "note": TEXT,
        "setup": TEXT,
        "investigation_fields": exact({"field_names": listed(NAME, 1)}),
    },
)
