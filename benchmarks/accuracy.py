"""Who reads the labelled phrases rightly, and who sees deadlines where there are none."""

from collections.abc import Sequence

from benchmarks import labels
from benchmarks.labels import Phrase
from benchmarks.peers import GKBOT, PEERS, Peer, Unavailable, ask
from benchmarks.tables import Table

COLUMNS = ("parser", "day or stretch", "recurring", "from an event", "no day: silent", "all", "false alarms")
GROUPS = ("dated", "recurring", "counted", "undated")
SECONDS = 300
NOTES = (
    "Right: ends on the labelled last day; repeats as often; names the period's length or its end from the day of "
    "issue; says nothing dated where there is no day.",
    "–: the parser has no such answer; such phrases count as not right in “all”. A false alarm is a dated answer to a "
    "phrase without a day: for a reader of dates that is no mistake, for a keeper of deadlines it is.",
)


def accuracy(peers: Sequence[Peer] = (GKBOT, *PEERS)) -> list[Table]:
    """One table for the shared sample and one for the tables of the test-suite, where they are at hand."""
    sets = (
        ("the shared sample", labels.sample(), NOTES),
        ("the tables of the test-suite", labels.tables(), ("Every row is a test of gkbot: here it cannot do worse.",)),
    )
    return [compared(name, phrases, peers, notes) for name, phrases, notes in sets if phrases]


def compared(name: str, phrases: Sequence[Phrase], peers: Sequence[Peer], notes: tuple[str, ...] = ()) -> Table:
    """A row for each parser."""
    title = f"Accuracy on {name}: {len(phrases)} phrases"
    return Table(title=title, columns=COLUMNS, rows=[_row(peer, phrases) for peer in peers], notes=notes)


def _row(peer: Peer, phrases: Sequence[Phrase]) -> tuple[str, ...]:
    try:
        answer = ask(peer, [{"read": [(one.text, one.issued.isoformat()) for one in phrases]}], SECONDS)[1]
    except Unavailable as reason:
        return (peer.name, f"not available: {reason}")
    right = [(one, one.is_right(found)) for one, found in zip(phrases, answer["found"], strict=True)]
    silent = {"recurring": not peer.recurs, "counted": not peer.counts}
    cells = ["–" if silent.get(group) else _share([ok for one, ok in right if one.group == group]) for group in GROUPS]
    every = [ok for _, ok in right]
    alarms = sum(not ok for one, ok in right if one.group == "undated")
    return (peer.name, *cells, f"{_share(every)} = {sum(every) / len(every):.1%}", str(alarms))


def _share(right: Sequence[bool]) -> str:
    return f"{sum(right)}/{len(right)}"
