"""Facts as a template sees them on the day the message leaves."""

from datetime import date
from typing import Any

from gkbot.notices import sentences, wording
from gkbot.notices.facts import Facts
from gkbot.notices.rows import Row, rows_of
from gkbot.notices.sections import Section, counts_of, sections_of
from gkbot.planning.reasons import LETTER_NAMES
from gkbot.planning.stages import ESCALATION

View = dict[str, Any]


def view(facts: Facts, today: date, *, maybe_twice: bool = False) -> View:
    """The names a template is given; see the head of _base.email.txt."""
    rows = rows_of(facts["entries"], today)
    own = [row for row in rows if not row["office"]]
    sections = sections_of(rows, robot=bool(facts["robot"]))
    is_draft = bool(facts["draft"]) and not facts.get("approved")
    return {
        "twice": sentences.TWICE if maybe_twice else "",
        "kind": facts["kind"],
        "draft": is_draft,
        "unit": facts["unit"] or facts["contact"],
        "today": wording.full_day(today),
        "topic": sentences.topic(facts, own, rows),
        "headline": sentences.headline(facts, own, rows, today),
        "summary": sentences.summary(own, rows),
        "opening": sentences.opening(facts, own),
        "sections": sections,
        "count": len(own or rows),
        "counts": counts_of(own or rows),
        "single": len(rows) == 1,
        "shared": "、" in (facts["unit"] or ""),
        "first": rows[0] if rows else None,
        "catch_up": sentences.off(facts),
        "lines": facts["lines"],
        "report": sentences.report(facts, own, has_links=_has_links(facts, sections)),
        "extension": sentences.extension(own),
        "contact_line": facts["contact_line"],
        "ignore": sentences.ignore(facts, own),
        "small_print": sentences.small_print(facts, own, is_draft=is_draft),
        "mentions": facts["mentions"],
        "letter": _letter(facts, own, today, is_draft=is_draft) if facts["draft"] else None,
    }


def _has_links(facts: Facts, sections: list[Section]) -> bool:
    """Whether a link is shown; the lists of a group leave them out, one for each unit would bury the tasks."""
    shown = [found for found in sections if not (facts["robot"] and (found["blocks"] or found["days"]))]
    return any(row["links"] for found in shown for row in found["rows"])


def _letter(facts: Facts, own: list[Row], today: date, *, is_draft: bool) -> View:
    """What a letter says besides the tasks."""
    name = LETTER_NAMES[facts.get("letter") or ESCALATION]
    sources = list(dict.fromkeys(row["document"] for row in own if row["document"]))
    answer_by = date.fromisoformat(facts["answer_by"])
    return {
        "name": f"{name}（草稿）" if is_draft else name,
        "number": facts["number"],
        "units": wording.listed(units := list(dict.fromkeys(entry["unit"] for entry in facts["entries"]))),
        "unit_count": len(units),
        "remark": "（草稿：由系统拟写，未经审核不得发出）" if is_draft else "",
        "answer_by": wording.due_in_brief(answer_by, None, today),
        "office": facts["issuer"] or facts["contact_line"] or "交办单位",
        "sources": "、".join(sources),
        "one_source": len(sources) == 1,
        "numerals": [wording.numeral(number) for number in range(1, len(own) + 1)],
        "day": wording.full_day(today),
    }
