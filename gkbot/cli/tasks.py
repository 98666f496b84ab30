"""`gkbot tasks`: the 台账."""

from datetime import date

import click

from gkbot.cli.arguments import DAY, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, print_table, say
from gkbot.errors import UnitNotFound
from gkbot.planning import duties
from gkbot.rulebook.values import Task, Unit
from gkbot.service.office import Office
from gkbot.service.views import status_word, tasks_json


@command(
    help="""查看任务台账：每项任务的期限原文、截止日、单位和办理状态。

例：gkbot tasks --date 2023-07-24 --unit 苍溪县

退出码：0 正常，1 规则文件有错，2 用法或设置有错。"""
)
@click.option("--date", "day", type=DAY, metavar="日期", help="按哪一天的情况看，默认今天。")
@click.option("--unit", metavar="单位", help="只看涉及这个单位的任务；写单位组（例 各县（区））时，看全部成员的。")
@click.option("--document", metavar="文字", help="只看标题、文号或文件名里含有这段文字的文件。")
@json_option
def tasks(*, day: date | None, unit: str | None, document: str | None, as_json: bool) -> int:
    """List the tasks with their duties on a day."""
    from gkbot.cli.start import office

    with office(day, writes=False) as opened:
        today = opened.clock.today()
        chosen = [task for task in opened.book.tasks if in_document(task, document)]
        names = None if unit is None else _unit_names(opened, unit)
        if names is not None:
            chosen = [task for task in chosen if names & {a.unit.name for a in task.assignments}]
        found = duties(opened.book, opened.history(), today, tasks=chosen)
        if names is not None:
            found = [duty for duty in found if duty.unit.name in names]
    if as_json:
        print_json(tasks_json(chosen, found, today))
        return 0
    rows = [
        (
            duty.task.id,
            duty.task.clause or "",
            duty.task.title,
            duty.unit.name,
            "、".join(duty.task.words),
            "" if duty.due is None else duty.due.isoformat() + ("（暂定）" if duty.provisional else ""),
            status_word(duty, today),
        )
        for duty in found
    ]
    print_table(("编号", "条款", "事项", "单位", "期限原文", "截止", "状态"), rows)
    say(f"{today}：{len(chosen)} 项任务，{len(rows)} 项责任。")
    return 0


def in_document(task: Task, text: str | None) -> bool:
    """Whether the task's document has `text` in its title, number or file name."""
    document = task.document
    return text is None or any(text in (part or "") for part in (document.title, document.number, document.file))


def _unit_names(opened: Office, name: str) -> set[str]:
    """Full names of the units called so in any folder, and of the members of the groups called so."""
    names: set[str] = set()
    for found in opened.book.named(name):
        members = (found,) if isinstance(found, Unit) else opened.book.members(found)
        names.update(unit.name for unit in members)
    if not names:
        raise UnitNotFound(name, opened.book.near_units(name))
    return names
