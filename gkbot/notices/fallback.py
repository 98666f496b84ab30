"""The plain message that goes out where an office's template is broken: nothing but the facts."""

from gkbot.notices.escaping import for_robot, for_text, link, mention
from gkbot.notices.view import View

PREFIX = "【政务公开提醒】"


def subject(names: View) -> str:
    """The subject of the mail."""
    return for_text(f"{PREFIX}{names['topic']}（{names['unit']}）")


def text(names: View) -> str:
    """The text part of the mail."""
    lines = [
        f"{names['twice']}{names['headline']}",
        *(names[name] for name in ("summary", "catch_up") if names[name]),
        "",
        f"{names['unit']}：",
        names["opening"],
    ]
    for section in names["sections"]:
        lines += ["", f"【{section['heading']}】", *(_row(row) for row in section["rows"])]
    lines += ["", *names["lines"]]
    lines += [f"办结反馈：{names['report']}"] if names["report"] else []
    lines += [f"联系人：{names['contact_line']}"] if names["contact_line"] else []
    lines += [names["ignore"] or "", names["small_print"]]
    return "\n".join(for_text(line) for line in lines).strip() + "\n"


def robot(names: View) -> str:
    """The markdown of the robot's message."""
    lines = [f"**{for_robot(names['headline'])}**"]
    lines += [*(for_robot(names[name]) for name in ("summary", "catch_up") if names[name]), ""]
    for section in names["sections"]:
        lines += [f"**{for_robot(section['heading'])}**"]
        for row in section["rows"]:
            links = "　".join(link(f"{found['unit']}反馈", found["url"]) for found in row["links"])
            lines += [f">{for_robot(_row(row))}", *([f">{links}"] if links else []), ""]
    lines += [for_robot(line) for line in names["lines"]]
    lines += [for_robot(names["small_print"]), "".join(mention(found) for found in names["mentions"])]
    whole = "\n".join(lines).strip()
    return f"{names['twice']}{whole}\n"


def _row(row: View) -> str:
    due = f"{row['due']}截止，{row['left']}" if row["due"] else row["words"]
    rest = f"（{row['rest_note']}）" if row["rest_note"] else ""
    source = f"；依据{row['source']}，原文{row['words']}" if row["source"] else ""
    return f"{row['title']}（{row['id']}，{row['units']}）：{due}{rest}{source}"
