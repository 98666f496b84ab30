"""A thousand due items on one robot: how many messages, how long they take, what the urgent one waits.

The clock is played, so minutes pass at once; the figures are those of the receiver's ledger. Two
instances need a PostgreSQL server; without one they are left out.
"""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from benchmarks.tables import Bar, Table

ITEMS = 1000
BARS = (
    ("messages", Bar(value=40)),
    ("longest message, bytes", Bar(value=4096)),
    ("most in any 60 s", Bar(value=20)),
    ("until the urgent one arrives, s", Bar(value=60)),
    ("until the last one arrives, s", Bar(value=120)),
)


def run(items: int = ITEMS) -> Iterator[Table]:
    """One table for each database."""
    from tests.databases import is_there

    yield measured("sqlite", items, instances=1)
    if is_there():
        yield measured("postgresql", items, instances=2)


def measured(kind: str, items: int, *, instances: int) -> Table:
    """What the receiver saw."""
    from tests.databases import fresh_database
    from tests.faults.bursts import play

    with tempfile.TemporaryDirectory() as folder, fresh_database(kind, Path(folder)) as url:
        burst = play(url, items=items, instances=instances)
    figures = (len(burst.texts), burst.longest_bytes, burst.most_in(60), burst.urgent_after, max(burst.at))
    return Table(
        title=f"Robot: {items} due items, {instances} instance{'s' if instances > 1 else ''} on {kind}",
        columns=("figure", "value", "bar"),
        rows=[(name, f"{figure:,.0f}", bar.judge(figure)) for (name, bar), figure in zip(BARS, figures, strict=True)],
    )
