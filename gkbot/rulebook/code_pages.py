"""The codes of `gkbot check` explained: one on the screen, all of them as a page of the documentation."""

from collections.abc import Iterator

from gkbot.rulebook.code_examples import EXAMPLES
from gkbot.rulebook.codes import CODES

_GROUPS = (
    ("文件", ("GK100", "GK101", "GK102", "GK103", "GK105", "GK106")),
    ("期限", ("GK104", "GK11")),
    ("标点、缩进和引号", ("GK12", "GK17")),
    ("单位和联络员", ("GK13",)),
    ("键和值", ("GK14",)),
    ("任务和提醒方案", ("GK15",)),
    ("日历", ("GK16",)),
    ("“已知”", ("GK18",)),
    ("规则测试", ("GK2",)),
)
_HEAD = """# 检查代码

本页由 `python tests/tools/make_code_page.py` 从程序里的代码表生成，请勿手改。
每条问题的位置后面有一个代码，代码的意思不会变。
在命令行里看同样的内容：`gkbot check --explain GK104`，也可以写 `gk104` 或 `104`。

例子里以任务的键开头的，写在任务里；以“- ”开头的，是“任务:”下面的一项。
〔Tab〕、〔全角空格〕、〔零宽空格〕代表看不见的字符。
"""


def explained(code: str) -> str:
    """What a code means, an example of the mistake, and the cure."""
    known, example = CODES[code], EXAMPLES[code]
    parts = [
        f"{code} {known.title}",
        "",
        known.explanation,
        f"改法：{known.cure}",
        "",
        "写成了：",
        *_indented(example.wrong),
        "应当写：",
        *_indented(example.right),
    ]
    return "\n".join(parts)


def page() -> str:
    """docs/检查代码.md: a table of contents, then a section for each code, reached as #gk104."""
    sections = [part for title, starts in _GROUPS for part in (f"## {title}", *map(_section, _codes(starts)))]
    return "\n\n".join([_HEAD.strip(), _contents(), *sections]) + "\n"


def _codes(starts: tuple[str, ...]) -> list[str]:
    return [code for code in sorted(CODES) if code.startswith(starts)]


def _contents() -> str:
    lines = ["| 代码 | 问题 |", "|---|---|"]
    for _, starts in _GROUPS:
        lines += [f"| [{code}](#{code.lower()}) | {CODES[code].title} |" for code in _codes(starts)]
    return "\n".join(lines)


def _section(code: str) -> str:
    known, example = CODES[code], EXAMPLES[code]
    return "\n\n".join(
        [
            f"### {code}",
            f"**{known.title}。** {known.explanation}",
            f"改法：{known.cure}",
            f"写成了：\n\n```yaml\n{example.wrong}\n```",
            f"应当写：\n\n```yaml\n{example.right}\n```",
        ]
    )


def _indented(text: str) -> Iterator[str]:
    return (f"    {line}" for line in text.splitlines())
