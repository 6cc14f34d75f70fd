"""Bicep without its compiler: a second parser (tree-sitter), an evaluator of the part of the language that our templates use, and a check
of resource bodies against the published types. What it does not know raises, so that a template cannot pass by being misread."""
