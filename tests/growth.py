"""How the time of some work grows with its size: what a slow machine cannot make worse, and a quick one not hide."""

from collections.abc import Callable
from time import thread_time
from typing import TypeVar

Made = TypeVar("Made")

TIMES = 16
LINEAR = 3 * TIMES  # sixteen times the size in sixteen times the time; quadratic work takes some two hundred times


def growth(made: Callable[[int], Made], work: Callable[[Made], object], size: int) -> float:
    """How many times as long `TIMES` the size takes; of each the best of three, in turns.

    Args:
        made: What of a given size is worked on; making it is not counted.
        size: The small one; large enough that its work outweighs what every size costs.
    """
    few, many = made(size), made(TIMES * size)
    turns = [(_seconds(work, few), _seconds(work, many)) for _ in range(3)]
    return min(long for _, long in turns) / min(short for short, _ in turns)


def _seconds(work: Callable[[Made], object], on: Made) -> float:
    begun = thread_time()
    work(on)
    return max(thread_time() - begun, 1e-6)
