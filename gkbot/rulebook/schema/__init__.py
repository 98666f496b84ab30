"""The JSON Schema of rule files: completion, hover and marks in editors, made from the keys the loader knows."""

import json

from gkbot.rulebook.keys import FILE
from gkbot.rulebook.schema.sections import file_schema
from gkbot.rulebook.schema.values import Schema

FILE_NAME = "rules.v1.json"  # under schema/ in a checkout; the number is that of 格式版本

__all__ = ["FILE_NAME", "Schema", "rules_schema", "schema_text"]


def rules_schema() -> Schema:
    """The schema of a rule file (draft-07, the newest that yaml-language-server knows for certain)."""
    return {"$schema": "http://json-schema.org/draft-07/schema#", **file_schema(FILE)}


def schema_text() -> str:
    """The schema as it stands in schema/rules.v1.json."""
    return json.dumps(rules_schema(), ensure_ascii=False, indent=1) + "\n"
