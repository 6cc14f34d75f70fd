"""The Elastic Common Schema that our fields are held against: names with their types, ``[]`` behind those that are arrays."""

import json
from pathlib import Path

ECS = json.loads((Path(__file__).parent / "ecs_8_11.json").read_text())["fields"]
OUR_NAMESPACES = ("gatewatch.", "aws.", "azure.")
