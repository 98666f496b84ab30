"""How many short phrases and paragraphs a second each parser reads on one core."""

import statistics
from collections.abc import Sequence

from benchmarks import corpus
from benchmarks.peers import GKBOT, PEERS, Peer, Unavailable, ask
from benchmarks.tables import Bar, Table

PHRASES = Bar(value=20_000, unit="/s", least=True)
PARAGRAPHS = Bar(value=3_000, unit="/s", least=True)
ROUNDS = 5
BUDGET_SECONDS = 1.5  # a round ends here; slow parsers read fewer texts, not other ones
ISSUED = "2023-03-01"


def speed(peers: Sequence[Peer] = (GKBOT, *PEERS), *, phrases: int = 4_000, paragraphs: int = 800) -> Table:
    """A row for each parser; the first round warms up and is dropped."""
    work = [
        {"time": rounds, "issued": ISSUED, "budget": BUDGET_SECONDS}
        for rounds in (corpus.phrase_rounds(ROUNDS + 1, phrases), corpus.paragraph_rounds(ROUNDS + 1, paragraphs))
    ]
    return Table(
        title=f"Speed on one core: texts a CPU second, median of {ROUNDS} rounds",
        columns=("parser", "short phrases", "bar", "paragraphs of 320 characters", "bar", "import"),
        rows=[_row(peer, work) for peer in peers],
        notes=("No text comes twice; the same texts in the same order for every parser, after a round of warming up.",),
    )


def _row(peer: Peer, work: Sequence[dict[str, object]]) -> tuple[str, ...]:
    try:
        ready, *answers = ask(peer, work, 4 * (ROUNDS + 1) * BUDGET_SECONDS + 60)
    except Unavailable as reason:
        return (peer.name, f"not available: {reason}")
    phrases, paragraphs = (statistics.median(answer["rates"][1:]) for answer in answers)
    judged = (PHRASES.judge(phrases), PARAGRAPHS.judge(paragraphs)) if peer is GKBOT else ("", "")
    return (peer.name, f"{phrases:,.0f}", judged[0], f"{paragraphs:,.0f}", judged[1], f"{1000 * ready['ready']:.0f} ms")
