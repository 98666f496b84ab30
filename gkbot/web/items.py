"""One duty as its contact sees it, and the letter with which the contact asks for more time."""

from datetime import date, timedelta

from gkbot.deadline import Calendar
from gkbot.planning import Duty, Status
from gkbot.rulebook.values import Admin, Document, Rulebook, Task
from gkbot.web.desk import Item, Letter, Wish
from gkbot.web.wording import due_of, named, row_of, title_of, words_of

CLOSED_WORDS = {
    Status.REPORTED: "本单位已报完成，正在核实，无需重复反馈。",
    Status.DONE: "本事项已办结，无需再反馈。",
    Status.CANCELLED: "本事项已停办，无需再反馈。",
    Status.ARCHIVED: "本事项所属文件已归档，无需再反馈。",
    Status.WAITING: "起算的事件尚未发生，期限还没有开始计算，目前无需反馈。",
}


def closed_word(duty: Duty) -> str:
    """Why nothing may be reported about a duty; "" where it may."""
    return CLOSED_WORDS.get(duty.status, "")


def item_of(duty: Duty, book: Rulebook, post: str, day: date) -> Item:
    """The duty for the contact of this post."""
    task = duty.task
    row = row_of(duty, day)
    known = [
        ("编号", task.id),
        ("本单位", f"{duty.unit.name}（{row.role}）"),
        *([] if task.sensitive else _content(task)),
        ("联系", office_of(book, task.document.folder)),
    ]
    return Item(
        row=row,
        due=due_of(duty).replace("）", "，含当日）", 1),
        facts=tuple((label, text) for label, text in known if text),
        advice=_advice(duty, book.calendar),
        post=post,
        can_answer=not closed_word(duty),
        closed_word=closed_word(duty),
        office=office_of(book, task.document.folder),
        earliest_wish=max(duty.due or day, day) + timedelta(days=1),
    )


def letter_of(duty: Duty, book: Rulebook, post: str, wish: Wish) -> Letter:
    """What the contact sends to the office to ask for more time."""
    task = duty.task
    admins = book.admins_for(task.document.folder)
    subject = f"申请延期：{task.id} {'' if task.sensitive else task.title}（{duty.unit.name}）"
    now_due = "无具体日期" if duty.due is None else named(duty.due)
    lines = (
        f"任务：{title_of(task)}（{task.id}）" if not task.sensitive else f"任务：{task.id}",
        f"单位：{duty.unit.name}",
        *([] if task.sensitive else [f"依据：{_source(task)}，原文“{words_of(task)}”"]),
        f"现截止日：{now_due}",
        f"申请延至：{named(wish.until)}",
        f"原因和进展：{wish.reason}",
        f"申请人：{wish.name or '（请填写姓名）'}（{post}）",
    )
    return Letter(
        office=office_of(book, task.document.folder),
        address=next((admin.email for admin in admins if admin.email), ""),
        subject=" ".join(subject.split()),
        text="\n".join(lines),
    )


def office_of(book: Rulebook, folder: str) -> str:
    """Whom to ask: the posts of the office with their mail addresses."""
    return "；".join(_contact(admin) for admin in book.admins_for(folder))


def _contact(admin: Admin) -> str:
    return f"{admin.post} {admin.email}" if admin.email else admin.post


def _content(task: Task) -> list[tuple[str, str]]:
    return [
        ("依据文件", _source(task)),
        ("期限原文", f"“{words_of(task)}”"),
        ("办理要求", task.requirement or ""),
        ("量化指标", task.metric or ""),
        ("政策依据", task.basis or ""),
        ("牵头单位", "、".join(task.lead)),
        ("配合单位", "、".join(task.support)),
        ("责任单位", "、".join(task.responsible)),
    ]


def _source(task: Task) -> str:
    return f"{_titled(task.document)}{task.clause or ''}"


def _titled(document: Document) -> str:
    number = f"（{document.number}）" if document.number else ""
    return f"《{document.title.strip('《》')}》{number}"


def _advice(duty: Duty, calendar: Calendar) -> str:
    """The last working day before a due day that is a day of rest."""
    if duty.due is None or closed_word(duty) or calendar.is_workday(duty.due):
        return ""
    return f"当天是休息日，最后一个工作日是{named(calendar.workday_on_or_before(duty.due))}，请在此前完成。"
