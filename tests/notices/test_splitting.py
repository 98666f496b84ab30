"""Long robot messages in parts."""

import re

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from gkbot.notices.splitting import ROBOT_MARKDOWN_BYTES, parts, size

FAMILY = "👨‍👩‍👧"
MARKS = [
    "<@zhangsan>",
    "[反馈办结](https://example.gov.cn/x/9F3K)",
    "**公开\n预算**",
    '<font color="info">已<@lisi>\n办结</font>',
    "https://example.gov.cn/y?z=1",
    FAMILY,
    "🇨🇳",
]
pieces = st.sampled_from([*MARKS, "政务公开", "a", "\n", "\n\n", ">截止：", "😀", " "])
texts = st.lists(pieces, max_size=400).map("".join)


@given(text=texts, limit=st.integers(150, 600))
def test_no_part_outgrows_the_channel(text: str, limit: int) -> None:
    assert all(size(part) <= limit for part in parts(text, limit))


@given(text=texts, limit=st.integers(150, 600))
@example(text="<@zhangsan>" * 4 + MARKS[4] + MARKS[3] + MARKS[1], limit=150)
def test_no_mark_is_cut_and_nothing_is_lost(text: str, limit: int) -> None:
    split = parts(text, limit)
    whole = "".join(part.split("\n", 1)[1] if len(split) > 1 else part for part in split)
    for mark in MARKS:
        assert whole.count(mark) == text.count(mark)
    assert re.sub(r"[\s>]", "", whole) == re.sub(r"[\s>]", "", text)


@pytest.mark.fault("F22")
@given(lines=st.integers(1, 500), limit=st.sampled_from([4096 - 18, 2048 - 18]))
@settings(max_examples=25)
def test_digests_of_any_length_keep_their_order_and_are_numbered(lines: int, limit: int) -> None:
    told = [f"{n}. **任务{n}的标题😀**（GY-{n:03}）[反馈](https://x.cn/{n})<@user{n}>" for n in range(lines)]
    split = parts("\n".join(told), limit)
    assert all(size(part) <= limit for part in split)
    if len(split) > 1:
        assert [part.split("\n")[0] for part in split] == [f"（{n}/{len(split)}）" for n in range(1, len(split) + 1)]
    kept = [line for part in split for line in part.split("\n") if not line.startswith("（")]
    assert kept == told


def test_the_words_of_a_mark_longer_than_a_part_are_kept() -> None:
    long = "政务" * 100
    split = parts(f"**{long}<@zhangsan>**", 150)
    assert "".join(part.partition("\n")[2] for part in split) == f"{long}<@zhangsan>"
    assert "政务" in "".join(parts(f"[{long}](https://x.cn/{'a' * 200})", 150))


def test_an_unclosed_mark_does_not_swallow_what_follows() -> None:
    split = parts("**开头\n\n" + "\n\n".join(f"第{n}段**" for n in range(30)), 150)
    assert "".join(part.partition("\n")[2] for part in split).count("段**") == 30


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
