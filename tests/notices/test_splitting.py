"""Long robot messages in parts."""

import re

from hypothesis import given
from hypothesis import strategies as st

from gkbot.notices.splitting import ROBOT_MARKDOWN_BYTES, parts, size

MARKS = ["<@zhangsan>", "[反馈办结](https://example.gov.cn/x/9F3K)", "**公开预算**", '<font color="info">已办结</font>']
pieces = st.sampled_from([*MARKS, "政务公开", "a", "\n", "\n\n", ">截止：", "😀", " "])
texts = st.lists(pieces, max_size=400).map("".join)


@given(text=texts, limit=st.integers(150, 600))
def test_no_part_outgrows_the_channel(text: str, limit: int) -> None:
    assert all(size(part) <= limit for part in parts(text, limit))


@given(text=texts, limit=st.integers(150, 600))
def test_no_mark_is_cut_and_nothing_is_lost(text: str, limit: int) -> None:
    split = parts(text, limit)
    whole = "".join(part.split("\n", 1)[1] if len(split) > 1 else part for part in split)
    for mark in MARKS:
        assert whole.count(mark) == text.count(mark)
    assert re.sub(r"[\s>]", "", whole) == re.sub(r"[\s>]", "", text)


def test_a_short_message_is_one_part_without_number() -> None:
    assert parts("**到期提醒**\n") == ("**到期提醒**",)


def test_parts_are_numbered_and_cut_between_tasks() -> None:
    tasks = [f"**任务{number}**\n>截止：1月31日" for number in range(1, 4)]
    assert parts("\n\n".join(tasks), 80) == (
        "（1/3）\n**任务1**\n>截止：1月31日",
        "（2/3）\n**任务2**\n>截止：1月31日",
        "（3/3）\n**任务3**\n>截止：1月31日",
    )


def test_the_limit_counts_bytes_not_characters() -> None:
    split = parts("公" * 3000)
    assert len(split) == 3
    assert max(size(part) for part in split) <= ROBOT_MARKDOWN_BYTES
