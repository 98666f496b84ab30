"""One task as a robot's card: what, by when, how long that is, and the page on which it is reported done."""

from gkbot.notices.escaping import one_line
from gkbot.notices.facts import Facts
from gkbot.notices.message import Card
from gkbot.notices.view import View

REPORT = "反馈办结"


def card_of(facts: Facts, names: View) -> Card | None:
    """The card; None where there is more than one task, or one without a page of its own."""
    row = names["first"]
    is_plain = names["single"] and not names["draft"] and not names["letter"] and not names["lines"]
    if not is_plain or row["sensitive"] or len(row["links"]) != 1:
        return None
    url = row["links"][0]["url"]
    rows = (
        ("单位", row["units"]),
        ("截止", row["due_short"]),
        ("条款", row["source"]),
        ("原文", row["words"]),
        ("联系人", names["contact_line"]),
        ("编号", facts["number"]),
    )
    return Card(
        title=one_line(row["title"]),
        description=one_line(row["kind_title"]),
        emphasis=one_line(row["left"] or ""),
        emphasis_description=one_line(row["due_short"] or ""),
        subtitle=one_line("；".join(found for found in (row["changed"], row["rest_note"], row["todo"]) if found)),
        rows=tuple((key, one_line(value)) for key, value in rows if value),
        jumps=((REPORT, url),),
        url=url,
    )
