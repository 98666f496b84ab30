"""Checks that need all files at once: 编号 used twice, units nobody can reach, a missing holiday notice."""

from collections.abc import Iterable, Iterator
from datetime import date

from gkbot.deadline import Calendar
from gkbot.deadline.calendar import missing_notice_year
from gkbot.rulebook.contents import Content
from gkbot.rulebook.source import Source
from gkbot.rulebook.values import Assignment, Place, Problem, Role, Severity, Task, Unit


def across_files(
    contents: Iterable[Content], tasks: list[Task], calendar: Calendar, today: date | None, prefix: str
) -> list[Problem]:
    """The problems that no single file shows; paths in them begin with `prefix`."""
    contents = list(contents)
    sources = {content.source.path: content.source for content in contents}
    live = [task for task in tasks if today is None or not task.document.is_archived(today)]
    return [
        *_repeated_ids(contents, sources),
        *_unreachable(live, sources),
        *_missing_notice(live, calendar, today, prefix),
    ]


def problem_without_text(file: str, code: str, message: str, fix: str, severity: Severity = Severity.ERROR) -> Problem:
    """A problem of a file whose text is not at hand."""
    shown = file.encode("utf-8", errors="replace").decode("utf-8")
    place = Place(file=shown, line=1, column=1, end_line=1, end_column=1)
    return Problem(place=place, severity=severity, code=code, message=message, fix=fix)


def _repeated_ids(contents: Iterable[Content], sources: dict[str, Source]) -> Iterator[Problem]:
    first: dict[str, Place] = {}
    for raw in (raw for content in contents for raw in content.tasks if raw.id):
        place = raw.places.get("编号", raw.place)
        if raw.id not in first:
            first[raw.id] = place
            continue
        there = first[raw.id]
        where = f"第{there.line}行" if there.file == place.file else f"{there.file}第{there.line}行"
        yield Problem(
            place=place,
            severity=Severity.ERROR,
            code="GK150",
            message=f"编号“{raw.id}”重复，第一次在{where}",
            fix="改成没有用过的编号",
            source=sources[place.file].shown(place.line),
        )


def _unreachable(live: Iterable[Task], sources: dict[str, Source]) -> Iterator[Problem]:
    """Units that answer for a live task and have neither mail nor robot; support units only help."""
    shared: dict[int, tuple[Assignment, ...]] = {id(task.assignments): task.assignments for task in live}
    units: dict[tuple[str, str], Unit] = {}
    for assignments in shared.values():
        for assignment in assignments:
            if assignment.role is not Role.SUPPORT:
                units.setdefault((assignment.unit.folder, assignment.unit.name), assignment.unit)
    for unit in units.values():
        if unit.place and not unit.robot and not any(contact.email for contact in unit.contacts):
            yield Problem(
                place=unit.place,
                severity=Severity.WARNING,
                code="GK138",
                message=f"“{unit.name}”承担任务，但没有邮箱也没有机器人，收不到通知",
                fix="在“联络员”里补上邮箱，或者写上“机器人”",
                source=sources[unit.place.file].shown(unit.place.line),
            )


def _missing_notice(live: list[Task], calendar: Calendar, today: date | None, prefix: str) -> Iterator[Problem]:
    """No error even in December: a rule book must not go out of force because a notice is late."""
    year = missing_notice_year(today, calendar) if today and live else None
    if year is not None:
        message = f"还没有{year}年的放假安排，算到{year}年的日期都是暂定的"
        fix = f"国务院办公厅的通知公布后，新建 calendars/{year}.yaml，照抄放假和上班的日子"
        yield problem_without_text(f"{prefix}calendars/{year}.yaml", "GK163", message, fix, Severity.WARNING)
