"""What Kibana shows of an installation: a rule that promotes alerts, data views, saved searches and a dashboard, made from code. Pure but for ``push``.

The objects have the form that Kibana 8.19 and 9 export and import (model versions in the public source; Elastic's integrations carry
the same). No Kibana opened them here: the tests hold their form, their references and that every field they name is mapped.
"""

from .objects import saved_objects
from .rule import detection_rule

__all__ = ["detection_rule", "saved_objects"]
