"""What “已知” notes do: doubts they name leave the list; errors never do; notes that accept nothing are told."""

from collections.abc import Container, Iterable, Mapping
from dataclasses import replace

from gkbot.rulebook.known import WORD, KnownNote
from gkbot.rulebook.values import Problem, Severity

_Stretch = tuple[str, str, int]  # file, code, first line: all notes of a stretch have the same last line


def set_apart(
    problems: Iterable[Problem], notes: Mapping[str, tuple[KnownNote, ...]], archived: Container[str]
) -> tuple[list[Problem], list[Problem]]:
    """The problems that stay, remarks on notes among them, and those that notes accept.

    Args:
        problems: Of all files.
        notes: Of each file, by the path that problems show.
        archived: Files whose doubts are left out anyway, so that their notes seem useless without being so.
    """
    found = list(problems)
    if not notes:
        return found, []
    stretches = _stretches(notes)
    open_ones: list[Problem] = []
    accepted: list[Problem] = []
    used: set[_Stretch] = set()
    powerless: set[_Stretch] = set()
    for problem, over in _with_notes(found, stretches):
        is_error = problem.severity is Severity.ERROR
        used.update(over)
        if is_error:
            powerless.update(over)
        if over and not is_error:
            accepted.append(replace(problem, accepted=stretches[over[-1]][-1].reason))
        else:
            open_ones.append(problem)
    open_ones += [_powerless(note) for stretch in powerless for note in stretches[stretch]]
    if not any(problem.severity is Severity.ERROR for problem in found):  # else tasks and their doubts may be missing
        idle = [stretch for stretch in stretches if stretch not in used and stretch[0] not in archived]
        open_ones += [_useless(note) for stretch in idle for note in stretches[stretch]]
    return open_ones, accepted


def _stretches(notes: Mapping[str, tuple[KnownNote, ...]]) -> dict[_Stretch, list[KnownNote]]:
    found: dict[_Stretch, list[KnownNote]] = {}
    for file, known in notes.items():
        for note in known:
            found.setdefault((file, note.code, note.first), []).append(note)
    return found


def _with_notes(
    problems: list[Problem], stretches: Mapping[_Stretch, list[KnownNote]]
) -> Iterable[tuple[Problem, list[_Stretch]]]:
    """Each problem with the stretches around it, the innermost last; one sweep, however many notes there are."""
    waiting = sorted(stretches, reverse=True)
    around: list[_Stretch] = []
    for problem in sorted(problems, key=lambda each: (each.place.file, each.code, each.place.line)):
        here = (problem.place.file, problem.code, problem.place.line)
        while waiting and waiting[-1] <= here:
            around.append(waiting.pop())
        around = [each for each in around if each[:2] == here[:2] and stretches[each][0].last >= here[2]]
        yield problem, around


def _powerless(note: KnownNote) -> Problem:
    return _remark(note, "GK183", f"{note.code}在这里是错误，不能用“{WORD}”接受", "改正这个错误，删掉这条注释")


def _useless(note: KnownNote) -> Problem:
    fix = "删掉这条注释；位置不对的，移到那一行的行尾或者上一行"
    return _remark(note, "GK182", f"这里已经没有{note.code}，这条“{WORD}”用不上了", fix)


def _remark(note: KnownNote, code: str, message: str, fix: str) -> Problem:
    return Problem(place=note.place, severity=Severity.HINT, code=code, message=message, fix=fix, source=note.source)
