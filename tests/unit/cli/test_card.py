"""A Teams card as text."""

from gatewatch.cli.demo import card


def test_a_card_is_a_box_of_equal_lines():
    message = {
        "attachments": [
            {
                "content": {
                    "body": [
                        {"type": "TextBlock", "text": "Root signed in without MFA " * 8},
                        {"type": "FactSet", "facts": [{"title": "Who", "value": "root"}]},
                        {"type": "Container", "items": [{"type": "RichTextBlock", "inlines": [{"text": "mallory"}, " again"]}]},
                        {"type": "ColumnSet", "columns": [{"items": [{"type": "TextBlock", "text": "a"}]}, {"items": []}]},
                    ],
                    "actions": [{"type": "Action.OpenUrl", "title": "Open"}],
                }
            }
        ]
    }

    lines = card.lines(message)

    assert {len(line) for line in lines} == {card.WIDTH}
    assert any("Who            root" in line for line in lines)
    assert any("mallory again" in line for line in lines)
    assert any("[ Open ]" in line for line in lines)


def test_an_empty_card_is_an_empty_box():
    assert len(card.lines({})) == 2
