"""From an office to a workbook: the tasks of a 台账 with their state, the contact book, the groups."""

from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from gkbot.planning import Duty, duties
from gkbot.rulebook import DEFAULT_PLAN
from gkbot.rulebook.names import upward
from gkbot.rulebook.values import SourceFile, Task
from gkbot.service.office import Office
from gkbot.service.workbook.columns import GROUPS, PEOPLE, TASKS
from gkbot.service.workbook.lines import Line, listing
from gkbot.service.workbook.progress import computed


def export(office: Office, file: Path, *, tasks: Iterable[Task], only_units: bool = False) -> dict[str, int]:
    """Write the workbook; how many lines each sheet has.

    Args:
        tasks: Whose lines are written; with them go the units of their folders and those above.
    """
    from gkbot.service.workbook.writing import write_workbook

    chosen = list(tasks)
    found = listing(texts_of(office.files))
    folders = {place for task in chosen for place in upward(task.document.folder)}
    ids = {task.id for task in chosen}
    lines: dict[str, list[Line]] = {}
    if not only_units:
        lines[TASKS.name] = [line for line in found.of(TASKS) if line.record.name in ids]
    is_all = len(ids) == len(office.book.tasks)
    for form in (PEOPLE, GROUPS):
        lines[form.name] = [line for line in found.of(form) if is_all or _folder(line) in folders]
    today = office.clock.today()
    by_task: dict[str, list[Duty]] = defaultdict(list)
    if not only_units:
        history = office.history()
        for duty in duties(office.book, history, today, tasks=chosen):
            by_task[duty.task.id].append(duty)
    state = {task.id: computed(task, by_task[task.id], today, office.clock.zone) for task in chosen}
    plans = dict.fromkeys([DEFAULT_PLAN.name, *(plan.name for plan in office.book.plans)])
    write_workbook(file, lines, state, {"提醒": list(plans)})
    return {name: len(each) for name, each in lines.items()}


def texts_of(files: Iterable[SourceFile]) -> dict[str, str]:
    """The texts of rule files without mistakes, as they stand, line ends and all."""
    return {file.path: file.data.decode("utf-8-sig") for file in files}


def _folder(line: Line) -> str:
    return line.record.file.rpartition("/")[0]
