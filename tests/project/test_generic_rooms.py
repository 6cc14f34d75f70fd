"""Generic rooms name no provider: no kind, no family, no provider's attribute, class, rule or subject, and no name compared as text."""

import ast
import sys
from enum import StrEnum

import pytest

from gatewatch.providers.catalogue import BY_ID, CORRELATION, DETAILS, KINDS, PROVIDERS
from tests.support.room_checker import Vocabulary, findings


def vocabulary(repository) -> Vocabulary:
    """The words of every provider in the catalogue: a new provider is covered by being there."""
    enums = [
        thing
        for module in {detail.__module__ for detail in DETAILS}
        for thing in vars(sys.modules[module]).values()
        if isinstance(thing, type) and issubclass(thing, StrEnum) and thing.__module__ == module
    ]
    folders = {path.parent.name for path in (repository / "shared/gatewatch/providers").glob("*/__init__.py")}
    return Vocabulary(
        names=frozenset({*(provider.name for provider in PROVIDERS), CORRELATION.name, *folders}),
        kinds=KINDS,
        rules=frozenset(BY_ID),
        subjects=frozenset(member.value for enum in enums for member in enum),
        enums=frozenset({"Kind", "Family", "Subject", *(enum.__name__ for enum in enums)}),
        details=frozenset(detail.__name__ for detail in DETAILS),
    )


def generic_modules(repository):
    """Every module of the library outside the providers' folders, but for the catalogue."""
    library = repository / "shared/gatewatch"
    folders = {path.parent for path in (library / "providers").glob("*/__init__.py")}
    for path in sorted(library.rglob("*.py")):
        if not folders & set(path.parents) and path != library / "providers/catalogue.py":
            yield path


def test_generic_rooms_name_no_provider(repository):
    words = vocabulary(repository)

    named = [
        f"{path.relative_to(repository)}:{line} {unit}: {what}"
        for path in generic_modules(repository)
        for unit, line, what in findings(ast.parse(path.read_text("utf-8")), words)
    ]

    assert named == []


def test_the_rooms_are_all_read(repository):
    rooms = {path.relative_to(repository / "shared/gatewatch").parts[0] for path in generic_modules(repository)}

    assert rooms >= {"alerts", "cli", "documents", "evidence.py", "flow", "model", "notify", "polling", "reading", "scoring", "stores"}
    assert len(list(generic_modules(repository))) > 100


def test_the_words_are_those_of_the_catalogue(repository):
    words = vocabulary(repository)

    assert words.names >= {"aws", "entra", "endpoint", "cross", "xcloud"}
    assert words.kinds == {"aws.eventbridge", "graph.signIn", "graph.riskDetection", "graph.directoryAudit", "ecs.process"}
    assert words.subjects >= {"root", "hidden", "entra_user"}
    assert words.details >= {"AwsSignIn", "EntraSignIn", "RiskDetection", "Process"}
    assert words.enums >= {"AwsSubject", "EntraSubject"}


WORDS = Vocabulary(
    names=frozenset({"aws", "entra", "endpoint", "cross", "xcloud"}),
    kinds=frozenset({"aws.eventbridge", "graph.signIn"}),
    rules=frozenset({"break_glass_signin"}),
    subjects=frozenset({"root"}),
    enums=frozenset({"Kind", "Family", "Subject", "AwsSubject"}),
    details=frozenset({"AwsSignIn", "Process"}),
)


def found(code: str) -> list[str]:
    return [what for _, _, what in findings(ast.parse(code), WORDS)]


@pytest.mark.parametrize(
    ("code", "what"),
    [
        pytest.param("def f(event): return event.aws", "attribute .aws", id="a provider's part"),
        pytest.param("def f(activity): return activity.event.entra.device", "attribute .entra", id="further down"),
        pytest.param("def f(event): return event.risk is None", "attribute .risk", id="a part that is named after a kind"),
        pytest.param("def f(e): return e.process and e.process.name", "attribute .process", id="the other one"),
        pytest.param("def f(event): return event.detail.mfa_used", "attribute .detail.mfa_used", id="a field of a detail"),
        pytest.param("def f(detail): return detail.arn", "attribute .detail.arn", id="a detail in a variable"),
        pytest.param("def f(event): return getattr(event, 'aws')", "provider 'aws' as text", id="by name"),
        pytest.param("def f(event): return event.kind is Kind.AWS", "member Kind.AWS", id="a kind"),
        pytest.param("def f(event): return event.kind is model.Kind.AWS", "member Kind.AWS", id="a kind by its module"),
        pytest.param("SIDES = {Family.XCLOUD: 1}", "member Family.XCLOUD", id="a family"),
        pytest.param("def f(event): return event.subject is Subject.ROOT", "member Subject.ROOT", id="a subject"),
        pytest.param("def f(event): return event.subject == AwsSubject.ROOT", "member AwsSubject.ROOT", id="a provider's enum"),
        pytest.param("def f(event): return isinstance(event.detail, AwsSignIn)", "class AwsSignIn", id="the type of a detail"),
        pytest.param("def f(event):\n match event.detail:\n  case Process(): return 1", "class Process", id="the type as a pattern"),
        pytest.param("def f(alert): return alert.group.family == 'aws'", "provider 'aws' as text", id="a comparison"),
        pytest.param("def f(name): return name != 'entra'", "provider 'entra' as text", id="a comparison that differs"),
        pytest.param("def f(name): return name in {'aws', 'x'}", "provider 'aws' as text", id="membership in a set"),
        pytest.param("def f(names): return 'aws' in names", "provider 'aws' as text", id="membership of a name"),
        pytest.param("TABLE = {'entra': 'Entra tenant'}", "provider 'entra' as text", id="the key of a table"),
        pytest.param("CLOUDS = ('aws', 'entra')", "provider 'aws' as text", id="a list of names"),
        pytest.param("def f(found): return found['aws']", "provider 'aws' as text", id="a lookup"),
        pytest.param("def f(found): return found.get('aws')", "provider 'aws' as text", id="a lookup with a default"),
        pytest.param("def f(name):\n match name:\n  case 'entra' | 'x': return 1", "provider 'entra' as text", id="a pattern"),
        pytest.param("def f(event): return event.subject == 'root'", "subject 'root' as text", id="a subject as text"),
        pytest.param("KIND = 'graph.signIn'", "kind graph.signIn", id="a kind as text"),
        pytest.param("ROW = 'kind  keyword  graph.signIn, ...'", "kind graph.signIn", id="a kind inside a text"),
        pytest.param("def f(e): return f'{e} aws.eventbridge'", "kind aws.eventbridge", id="a kind inside a formatted text"),
        pytest.param("def f(rule): return rule.id.startswith('entra_')", "prefix 'entra_'", id="rules by their prefix"),
        pytest.param("def f(rule): return rule.startswith(('x', 'xcloud_e'))", "prefix 'xcloud_e'", id="one of several prefixes"),
        pytest.param("def f(token): return token.removeprefix('aws|')", "prefix 'aws|'", id="tokens by their prefix"),
        pytest.param("VENDOR = ('aws.', 'x')", "prefix 'aws.'", id="a table of prefixes"),
        pytest.param("def f(a): return 'break_glass_signin' in a.rules", "rule break_glass_signin", id="a rule"),
        pytest.param("def f(a): return tag('break_glass_signin')", "rule break_glass_signin", id="a rule anywhere"),
        pytest.param("from ..providers.aws.facts import on", "import providers.aws.facts.on", id="a provider's module"),
        pytest.param("from ..providers import entra", "import providers.entra", id="a provider's folder"),
        pytest.param("import gatewatch.providers.aws.facts", "import gatewatch.providers.aws.facts", id="by its whole name"),
        pytest.param("def f():\n from ..providers.cross import x", "import providers.cross.x", id="inside a function"),
    ],
)
def test_a_name_of_a_provider_is_found(code, what):
    assert what in found(code)


@pytest.mark.parametrize(
    "code",
    [
        pytest.param("def f(event): return event.kind in TEACHING_KINDS", id="a kind that the catalogue lists"),
        pytest.param("def f(event): return event.detail.kind()", id="what any detail answers"),
        pytest.param("def f(event): return isinstance(event.detail, DETAILS)", id="the details of the catalogue"),
        pytest.param("def f(activity): return text.risk(activity)", id="a function that has the name of a part"),
        pytest.param("def f(batch): return pipeline.process(batch)", id="another one"),
        pytest.param("def f(event): return event.subject == Subject.OTHER", id="a subject of no vendor"),
        pytest.param("from ..providers.catalogue import PROVIDERS", id="the catalogue"),
        pytest.param("def f(name): return name == 'awsome' or name in {'root.pem'}", id="a longer word"),
        pytest.param("def f(): return client('aws-sdk')", id="a text that nothing is compared with"),
        pytest.param("READERS = {'endpoint_mode': text}", id="a setting's name"),
        pytest.param('def f():\n """Keeps graph.signIn and aws.eventbridge."""', id="a docstring"),
    ],
)
def test_other_code_is_left_alone(code):
    assert found(code) == []


def test_a_finding_says_where_it_is():
    code = "import x\n\n\nclass Store:\n    FIELD = 1\n\n    def put(self, event):\n        return event.aws\n\n\nTABLE = {'aws': 1}\n"

    assert findings(ast.parse(code), WORDS) == [("Store.put", 8, "attribute .aws"), ("TABLE", 11, "provider 'aws' as text")]
