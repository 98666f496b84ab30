"""Days and moments as machines read them (ISO 8601)."""

from datetime import date


def iso(when: date | None) -> str | None:
    """A day, or a moment with its offset; an unknown one stays unknown."""
    return None if when is None else when.isoformat()
