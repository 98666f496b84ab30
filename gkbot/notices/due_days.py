"""What a mail puts into its recipient's own calendar: the due days it tells of, and those that are none any more.

Sensitive tasks are left out, since calendars travel to phones and clouds; so are drafts, past days, and the lists
of the office.
"""

from collections.abc import Iterator
from datetime import date

from gkbot.notices import wording
from gkbot.notices.escaping import one_line
from gkbot.notices.facts import Facts, is_office
from gkbot.notices.message import DueDay, Leaving
from gkbot.notices.rows import Row, row_of
from gkbot.planning.withdrawals import is_withdrawn

MOST_DUE_DAYS = 50
DESCRIPTION_CHARACTERS = 800
TITLE_CHARACTERS = 40


def due_days_of(facts: Facts, today: date) -> tuple[tuple[DueDay, ...], int]:
    """The due days for a calendar, the nearest first, and how many more there are than it may hold."""
    if facts["draft"]:
        return (), 0
    entries = [entry for entry in facts["entries"] if entry.get("thread") and _is_told(entry)]
    coming = sorted(_coming(facts, entries, today), key=lambda found: (found.day, found.thread))
    gone = [found for entry in entries for found in _withdrawn(entry, today)]
    return (*coming[:MOST_DUE_DAYS], *gone[:MOST_DUE_DAYS]), max(0, len(coming) - MOST_DUE_DAYS)


def leaving_of(facts: Facts) -> Leaving | None:
    """Where the recipient may ask to be left out; None where nobody may."""
    ways = facts.get("leaving")
    return Leaving(url=ways["url"], mailbox=ways["mailbox"]) if ways else None


def _is_told(entry: Facts) -> bool:
    return not (entry["sensitive"] or is_office(entry))


def _coming(facts: Facts, entries: list[Facts], today: date) -> Iterator[DueDay]:
    for entry in entries:
        if entry["due"] and entry["due"] >= today.isoformat():
            row = row_of(entry, today)
            yield DueDay(
                thread=entry["thread"],
                sequence=entry["revision"],
                day=date.fromisoformat(entry["due"]),
                told_on=today,
                summary=_summary(entry),
                description=_description(facts, row),
                url=row["links"][0]["url"] if row["links"] else None,
            )


def _withdrawn(entry: Facts, today: date) -> Iterator[DueDay]:
    for old in entry.get("withdrawn", ()):
        yield DueDay(
            thread=old["thread"],
            sequence=old["sequence"],
            day=date.fromisoformat(old["day"]),
            told_on=today,
            summary=f"（{'已撤销' if is_withdrawn(entry['stage']) else '期限已调整'}）{_named(entry)}",
            is_withdrawn=True,
        )


def _summary(entry: Facts) -> str:
    doubt = "（暂定）" if entry["provisional"] else ""
    hour = f"{entry['at']}前" if entry["at"] else ""
    return f"截止{doubt}{hour}：{_named(entry)}"


def _named(entry: Facts) -> str:
    return f"{wording.shortened(one_line(entry['title']), TITLE_CHARACTERS)}（{one_line(entry['unit'])}）"


def _description(facts: Facts, row: Row) -> str:
    said = [
        ("任务", f"{row['title']}（{row['id']}）"),
        ("截止", row["due"]),
        ("说明", row["rest_note"]),
        ("要做什么", row["todo"]),
        ("来源", row["source"] + (f"，原文{row['words']}" if row["source"] and row["words"] else "")),
        ("联系人", facts["contact_line"]),
    ]
    lines = [f"{name}：{one_line(text)}" for name, text in said if text]
    lines.append(f"由政务公开提醒系统生成，通知编号{facts['number']}；期限有调整时另发邮件更新。")
    return wording.shortened("\n".join(lines), DESCRIPTION_CHARACTERS)
