"""An explanation as JSON, for programs; SCHEMA is what they may rely on."""

from __future__ import annotations

import json

from runtime.explain.model import Explanation

FORMAT = 1

SCHEMA: dict[str, object] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "An explanation of Ratebook",
    "type": "object",
    "required": ["format", "subject", "explanation"],
    "additionalProperties": False,
    "properties": {
        "format": {"const": FORMAT},
        "subject": {"type": "string", "description": "what was asked for, as it was asked"},
        "explanation": {"$ref": "#/$defs/explanation"},
    },
    "$defs": {
        "explanation": {
            "type": "object",
            "required": ["statement", "facts", "source", "parts"],
            "additionalProperties": False,
            "properties": {
                "statement": {
                    "type": "string",
                    "description": "a sentence or a sum, true by its facts and parts",
                },
                "facts": {"type": "array", "items": {"$ref": "#/$defs/fact"}},
                "source": {"oneOf": [{"type": "null"}, {"$ref": "#/$defs/source"}]},
                "parts": {"type": "array", "items": {"$ref": "#/$defs/explanation"}},
            },
        },
        "fact": {
            "type": "object",
            "required": ["name", "value"],
            "additionalProperties": False,
            "properties": {
                "name": {"type": "string"},
                "value": {
                    "type": "string",
                    "description": "exact figures with a point, days as ISO 8601",
                },
            },
        },
        "source": {
            "type": "object",
            "required": ["path", "line", "text"],
            "additionalProperties": False,
            "properties": {
                "path": {
                    "type": "string",
                    "description": "in the catalog's folder, or of the book",
                },
                "line": {"type": "integer", "minimum": 1},
                "text": {"type": "string", "description": "as it was when the line was posted"},
            },
        },
    },
}


def render_json(subject: str, explanation: Explanation) -> str:
    """Write an explanation as one JSON object of SCHEMA, the same bytes each time."""
    body = {"format": FORMAT, "subject": subject, "explanation": _node(explanation)}
    return json.dumps(body, ensure_ascii=False, indent=1) + "\n"


def _node(explanation: Explanation) -> dict[str, object]:
    source = explanation.source
    return {
        "statement": explanation.statement,
        "facts": [{"name": fact.name, "value": fact.value} for fact in explanation.facts],
        "source": None
        if source is None
        else {"path": source.path, "line": source.line, "text": source.text},
        "parts": [_node(part) for part in explanation.children],
    }
