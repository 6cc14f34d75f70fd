"""What a deleted or replaced stack leaves behind: unread sign-ins and dead letters."""

from typing import Any


def queues(resources: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {name: resource for name, resource in resources.items() if resource["Type"] == "AWS::SQS::Queue"}


def policies(resources: dict[str, Any]) -> dict[str, tuple[str, str]]:
    return {name: (queue["DeletionPolicy"], queue["UpdateReplacePolicy"]) for name, queue in queues(resources).items()}


def test_the_stack_retains_its_queue_and_its_dead_letters(resources: dict[str, Any]) -> None:
    assert policies(resources) == dict.fromkeys(("Queue", "DeadLetterQueue", "ObjectQueue", "ObjectDeadLetterQueue"), ("Retain", "Retain"))


def test_a_forwarder_retains_its_dead_letters(forwarder: dict[str, Any]) -> None:
    assert policies(forwarder) == {"DeadLetterQueue": ("Retain", "Retain")}


def test_a_retained_queue_never_blocks_a_new_stack(resources: dict[str, Any], forwarder: dict[str, Any]) -> None:
    named = [name for each in (resources, forwarder) for name, queue in queues(each).items() if "QueueName" in queue["Properties"]]
    assert named == []  # CloudFormation chooses the name, so the next stack of the same name makes its own
