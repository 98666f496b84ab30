"""The deadline parser beside its peers: accuracy, speed, hostile input, import and memory."""

from collections.abc import Iterator

from benchmarks.accuracy import accuracy
from benchmarks.footprint import footprint
from benchmarks.hostile import hostile
from benchmarks.speed import speed
from benchmarks.tables import Table


def run() -> Iterator[Table]:
    """The tables, as they are done."""
    yield from accuracy()
    yield speed()
    yield footprint()
    yield hostile()
