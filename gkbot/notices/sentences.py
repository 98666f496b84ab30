"""The sentences around the tasks: first line, subject, greeting, how to answer, small print."""

import re
from datetime import date

from gkbot.notices import wording
from gkbot.notices.facts import Facts
from gkbot.notices.rows import Row
from gkbot.notices.sections import counts_of

OPENINGS = {
    "due": "今日到期，请于下班前反馈。",
    "upcoming": "即将到期，请提前安排。",
    "overdue": "，截至今日未收到办结反馈。",
    "changed": "有变动，请知悉并安排办理。",
    "withdrawn": "不再需要办理，请知悉；此前的提醒同时作废。",
    "new": "已录入，请知悉并安排办理。",
}
TWICE = "（可能重复）"
NOT_OURS = "如非本单位职责，请于3个工作日内反馈。"
IGNORE = f"已办结请忽略；{NOT_OURS}"
ANSWER = f"如已办结，反馈网址即可，不必另作说明；{NOT_OURS}"
VOID = "日历中由本系统邮件加入的日程，如未自动取消，请自行删除。"
EXTENSION = "需要延期：请在到期前提出，说明原因、进展和拟完成时间。"
INSIDE = "请登录内网反馈，不要在邮件和群聊里写明事项内容"
SAYING_DONE = "写明编号、“已完成”和网址"
MAIL = re.compile(r"[A-Za-z0-9_.+-]+@[A-Za-z0-9_.-]+")


def headline(facts: Facts, own: list[Row], rows: list[Row], today: date) -> str:
    """The first line: the most pressing task, by when, how long that is."""
    if not own:
        return f"{wording.dated(today)}{_office_topic(facts, rows)}"
    if all(row["sensitive"] for row in own):
        return _of_secrets(own)
    nearest = most_pressing(own)
    if not nearest:
        return _all_new(own) or _all_over(own) or f"{len(own)}项任务：{counts_of(own)}"
    if len(own) > 1 and _all_new(own):
        return f"{_all_new(own)}，最近一项{nearest['due_brief']}截止，{nearest['left']}"
    return f"{nearest['title_short']}：{nearest['moved']}{nearest['due_brief']}截止，{nearest['left']}"


def topic(facts: Facts, own: list[Row], rows: list[Row]) -> str:
    """What the subject of the mail says: one task, one date; of several their number and the most pressing one."""
    if not own:
        return _office_topic(facts, rows)
    if all(row["sensitive"] for row in own):
        return _topic_of_secrets(own)
    nearest = most_pressing(own)
    if facts["draft"] and len(own) > 1:
        return f"{len(own)}项任务未收到办结反馈"
    if not nearest and _all_over(own):
        return _all_over(own)
    if not nearest:
        return own[0]["title_short"] + f" 期限{own[0]['words']}" if len(own) == 1 else _all_new(own) or counts_of(own)
    when = f"{nearest['due_short']}截止，{nearest['left']}"
    if len(own) == 1:
        return f"{nearest['title_short']} {nearest['moved']}{when}"
    if _all_new(own):
        return f"{_all_new(own)}，最近一项{when}"
    return f"{len(own)}项任务，最急：{nearest['title_short']} {when}"


def summary(own: list[Row], rows: list[Row]) -> str | None:
    """The second line of a digest: how many tasks of what sort; None where the first line says it all."""
    if len(own) < 2 or not most_pressing(own) or _all_new(own):
        return None
    office = counts_of(row for row in rows if row["office"])
    return f"共{len(own)}项任务：{counts_of(own)}" + (f"；各单位{office}" if office else "")


def most_pressing(own: list[Row]) -> Row | None:
    """The task to be named first: due today, then overdue, then the nearest day; None where none has a day."""
    dated = [row for row in own if row["due"]]  # not the sensitive ones
    weight = {"due": 0, "overdue": 1, "escalation": 1}
    return min(dated, key=lambda row: (weight.get(row["group"], 2), row["due_day"]), default=None)


def opening(facts: Facts, own: list[Row]) -> str:
    """你单位牵头的以下1项政务公开任务还有9天到期，请提前安排。"""
    if not own:
        return ""
    if all(row["sensitive"] for row in own):
        return f"{_of_secrets(own)}。"
    units = "各单位" if "、" in (facts["unit"] or "") else "你单位"
    roles = {row["role"] for row in own}
    number = "1项政务公开任务" if len(own) == 1 else "政务公开任务"
    tasks = f"{units}{roles.pop() if len(roles) == 1 else ''}的以下{number}"
    groups = {row["group"] for row in own}
    group = groups.pop() if len(groups) == 1 else ""
    if group == "upcoming" and len(own) == 1:
        return f"{tasks}{own[0]['left'].replace('还剩', '还有')}到期，请提前安排。"
    return f"{tasks}{OPENINGS.get(group, '，请按期安排。')}"


def report(facts: Facts, own: list[Row], *, has_links: bool) -> str | None:
    """How to say that it is done; an answer by mail is offered only where somebody reads it."""
    if not own or _all_over(own):
        return None
    if all(row["sensitive"] for row in own):
        return INSIDE
    ways = ["点任务下的“反馈办结”"] if has_links else []
    contact = facts["contact_line"] or ""
    address = MAIL.search(contact)
    if facts["mailbox"] and not facts["robot"]:
        ways.insert(0, "直接回复本邮件“已完成”并附网址")
    elif facts["mailbox"]:
        ways.insert(0, f"发邮件至 {facts['mailbox']}，{SAYING_DONE}")
    elif address:
        ways.append(f"发邮件至 {address.group()}，{SAYING_DONE}")
    if ways:
        return "，或".join(ways)
    return f"请告知{contact}，{SAYING_DONE}" if contact else f"请告知交办单位，{SAYING_DONE}"


def ignore(facts: Facts, own: list[Row]) -> str | None:
    """What may be left undone; where no report has come in, that a short one is enough."""
    if not own:
        return None
    if _all_over(own):
        is_in_calendars = not facts["robot"] and any(entry.get("withdrawn") for entry in facts["entries"])
        return VOID if is_in_calendars else None
    return ANSWER if all(row["group"] == "overdue" for row in own) else IGNORE


def extension(own: list[Row]) -> str | None:
    """How to ask for more time, while there is some."""
    has_time = any(row["group"] in {"due", "upcoming"} and not row["sensitive"] for row in own)
    return EXTENSION if has_time else None


def off(facts: Facts) -> str | None:
    """（补发：系统于7月22日至7月25日停止运行）."""
    if not facts["off_since"] or not facts["off_until"]:
        return None
    return wording.off_period(date.fromisoformat(facts["off_since"]), date.fromisoformat(facts["off_until"]))


def small_print(facts: Facts, own: list[Row], *, is_draft: bool) -> str:
    """Who sent it, under which number, and whether the calendar is certain."""
    if facts["draft"]:
        way = "本稿由系统拟写，经审核后由人工发出" if is_draft else "本函由系统拟写，经审核发出"
        return f"{way}，编号{facts['number']}。"
    nth = ""
    if len(own) == 1 and own[0]["number"]:
        nth = f"（第{own[0]['number']}次，共{own[0]['of']}次）"
    is_doubtful = any("暂定" in (row["due"] or "") for row in own)
    doubt = "标“暂定”的日期依据尚未公布的放假安排，公布后会重新核算。" if is_doubtful else ""
    return f"本提醒由系统自动发出{nth}，通知编号{facts['number']}。{doubt}"


def _office_topic(facts: Facts, rows: list[Row]) -> str:
    """督办清单：今日到期1项, or the first remark where there is no list."""
    if rows:
        return f"督办清单：{counts_of(rows)}"
    lines = facts["lines"]  # several of them may be one matter, so they are not counted
    first = re.split("[，：。；]", str(lines[0]))[0] if lines else ""
    return f"督办情况：{first}" if first else "督办情况"


def _all_new(own: list[Row]) -> str:
    """新录入44项任务; empty where others are among them."""
    if any(row["group"] != "new" for row in own):
        return ""
    if len(own) == 1:
        return f"新录入任务：{own[0]['title_short']}，期限{own[0]['words']}"
    return f"新录入{len(own)}项任务"


def _all_over(own: list[Row]) -> str:
    """公布预算 不再需要办理; empty where others are among them."""
    if any(row["group"] != "withdrawn" for row in own):
        return ""
    if len(own) == 1:
        name = f"事项{own[0]['id']}" if own[0]["sensitive"] else own[0]["title_short"]
        return f"{name} 不再需要办理"
    return f"{len(own)}项任务不再需要办理"


def _of_secrets(own: list[Row]) -> str:
    """您有1项事项（GY2023-13）将于7日内到期，请登录内网查看."""
    if len(own) > 1:
        return f"您有{len(own)}项事项，请登录内网查看"
    row = own[0]
    match row["group"], row["left"]:
        case "overdue", _:
            state = "截至今日未收到办结反馈"
        case "due", _:
            state = "今日到期"
        case "withdrawn", _:
            state = "不再需要办理"
        case "upcoming", left:
            state = f"{str(left).replace('还剩', '将于').replace('天', '日')}内到期"
        case _:
            state = ""
    return f"您有1项事项（{row['id']}）{state}，请登录内网查看"


def _topic_of_secrets(own: list[Row]) -> str:
    if len(own) > 1:
        return f"{len(own)}项事项，请登录内网查看"
    if _all_over(own):
        return _all_over(own)
    left = f"{own[0]['left']}，" if own[0]["left"] else ""
    return f"事项{own[0]['id']} {left}请登录内网查看"
