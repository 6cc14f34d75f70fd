"""Every saved object of an installation, in an order in which each comes after what it names."""

from ..answers import Json
from ..names import Names
from .dashboard import dashboard
from .searches import searches
from .views import data_views


def saved_objects(names: Names) -> list[Json]:
    """Data views, saved searches and the dashboard, as ``POST /api/saved_objects/_import`` takes them."""
    return [*data_views(names), *searches(names), dashboard(names)]
