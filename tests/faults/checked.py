"""Which invariants the model must have checked for each fault, and which it did in a run.

`pytest -v -m fault` prints the table. A run of all files that play a fault fails where none of them let
the model check what stands here.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.case import INVARIANTS
from tests.faults.invariants import HOLDS
from tests.faults.marks import files_of

TESTS = Path(__file__).resolve().parents[1]
MUST: Mapping[str, str] = {
    "F01": "I1 I2 I3 I4 I7 I8",
    "F02": "I1 I2 I3 I4 I7 I8",
    "F03": "I1 I2 I3 I4 I7 I8 I9",
    "F04": "I2 I4 I7 I9",
    "F05": "",
    "F06": "",
    "F07": "",
    "F08": "",
    "F09": "I1 I2 I3 I4 I7 I8",
    "F10": "I2",
    "F11": "I2 I8",
    "F12": "I8",
    "F13": "I2 I8",
    "F14": "I2 I3 I4 I9",
    "F15": "I2 I8",
    "F16": "I2 I3 I4 I9",
    "F17": "I2 I7",
    "F18": "",
    "F19": "",
    "F20": "I2 I8",
    "F21": "I1 I2 I3 I5 I8",
    "F22": "I2 I3 I4 I9",
    "F23": "I2 I3 I4 I6 I9",
    "F24": "I1 I2 I8",
    "F25": "I7",
    "F26": "I2 I3 I4 I7",
    "F27": "",
    "F28": "I1 I2",
    "F29": "I2",
    "F30": "I2",
    "F31": "I2",
    "F32": "",
    "F33": "I1 I2 I3 I4 I5",
}
"""By fault, the numbers of the invariants.

F05–F08, F18, F19, F27 and F32 are played on a single channel, template or key, without a ledger that a
receiver could be held against: what the model can check there, it checks, and nothing is asked for.
"""


@dataclass(slots=True)
class Checked:
    """What the model said in this run.

    Attributes:
        is_whole: Nothing was left out of the files that were run.
    """

    verdicts: dict[str, dict[str, Counter[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(Counter))
    )
    files: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    is_whole: bool = False

    def note(self, nodeid: str, faults: list[str], verdicts: Mapping[str, str]) -> None:
        """One test was judged."""
        for fault in faults:
            self.files[fault].add(nodeid.partition("::")[0])
            for number, verdict in verdicts.items():
                self.verdicts[fault][number][verdict] += 1

    def table(self) -> Iterator[str]:
        """In how many tests each invariant was checked; where in none, why not."""
        for fault, found in sorted(self.verdicts.items()):
            counts = " ".join(f"{number}:{found[number][HOLDS] or '-'}" for number in INVARIANTS)
            yield f"{fault} {counts}"
            for number in INVARIANTS:
                if not found[number][HOLDS] and found[number]:
                    yield f"    {number} {found[number].most_common(1)[0][0]}"

    def missing(self) -> list[str]:
        """What must be checked, and was by no test though all were run."""
        if not self.is_whole:
            return []
        return [
            f"{fault}: {number} was checked by none of its tests"
            for fault, wanted in MUST.items()
            if self.files[fault] >= files_of(TESTS, fault)
            for number in wanted.split()
            if not self.verdicts[fault][number][HOLDS]
        ]


CHECKED = Checked()
