"""Rule files edited as text: what changes is rewritten in its place, every other byte stays."""

from gkbot.rulebook.editing.changes import Change, changed
from gkbot.rulebook.editing.changing import Path, add_item, put, take_out
from gkbot.rulebook.editing.records import Field, FieldPath, Kind, Record, records_of
from gkbot.rulebook.editing.writing import Value

__all__ = [
    "Change",
    "Field",
    "FieldPath",
    "Kind",
    "Path",
    "Record",
    "Value",
    "add_item",
    "changed",
    "put",
    "records_of",
    "take_out",
]
