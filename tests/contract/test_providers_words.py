"""The contract of a provider: what people read of its samples, and of its rules."""

import pytest

from gatewatch.documents.rule_metadata import first_steps
from gatewatch.model import Outcome
from gatewatch.notify import text
from gatewatch.notify.compose import compose
from gatewatch.ports import Notice
from gatewatch.providers.catalogue import BY_ID, CONTEXT, CORRELATION, PROVIDERS
from tests.builders.common import activity
from tests.support.samples import alert_of, every_kept, every_provider, read


@every_kept
def test_people_read_who_acted_what_was_used_and_what_became_of_it(provider, sample):
    event = read(sample)
    words = provider.text

    assert all((words.name(event), words.role(event), words.used(event)))
    assert words.result(event) or event.outcome is Outcome.UNKNOWN
    assert bool(words.mfa(activity(event))) == (provider.mfa(event) is not None)
    assert set(provider.document.names(event)) >= {event.user_name} - {None}


@every_kept
def test_an_event_happens_at_an_address_or_on_a_host(provider, sample):
    event = read(sample)
    if type(event.detail) in CONTEXT:
        return  # a program that changes a directory may act from nowhere

    assert bool(event.place.address) == provider.text.has_address
    assert bool(provider.document.hosts(event)) != provider.text.has_address


@every_kept
def test_a_message_names_the_account_by_its_providers_word(provider, sample):
    lines = text.message(Notice(alert=alert_of(provider, read(sample)), why="new")).splitlines()
    accounts = [line.removeprefix("Account").strip() for line in lines if line.startswith("Account")]

    assert accounts == ([f"{provider.account_label} {sample.account}"] if sample.account else [])
    assert bool(sample.account) == bool(provider.account_label)


@every_kept
def test_a_responder_is_told_what_to_do_first_and_where_the_record_is(provider, sample):
    event = read(sample)
    alert = alert_of(provider, event)

    assert first_steps(alert.rule, alert.key.family)
    assert set(compose(Notice(alert=alert, why="new")).steps) >= {*provider.lookups(event)}
    assert bool(provider.lookups(event) or provider.links_for_people(event)) == bool(sample.account)
    assert all(link.label and link.url.startswith("https://") for link in provider.links_for_people(event))


@pytest.mark.parametrize("rule", BY_ID.values(), ids=lambda rule: rule.id)
def test_a_rule_has_first_steps_references_and_a_playbook(rule, repository):
    homes = {provider.name: provider.first_steps for provider in PROVIDERS} | {CORRELATION.name: CORRELATION.first_steps}

    assert rule.metadata.first_steps or homes[rule.metadata.family]
    assert all(reference.startswith("https://") for reference in rule.metadata.references)
    assert rule.metadata.references
    assert (repository / "docs" / "playbooks" / f"{rule.id}.md").is_file()


@every_provider
def test_the_rules_of_a_provider_carry_its_name(provider):
    assert provider.rules
    assert {rule.metadata.family for rule in provider.rules} == {provider.name}
    assert [rule.id for rule in provider.rules if not rule.id.startswith(f"{provider.name}_")] == []
