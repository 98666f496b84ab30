"""The few plain words that stand for a notice that could not be written."""

from gkbot.notices.bare import bare
from gkbot.notices.splitting import PART_BYTES, size

ENTRY = {"task": "GY-01", "unit": "苍溪县", "title": "完善公开内容", "due": "2023-07-31", "sensitive": False}
FACTS = {"number": "7QK3M9ZD", "unit": "苍溪县人民政府", "entries": [ENTRY], "lines": [], "mentions": ["zhangsan"]}


def test_it_says_what_is_due_when_and_under_which_numbers():
    message = bare(FACTS, instead_of="AAAAAAAA")
    assert message.subject == "【政务公开提醒】苍溪县人民政府（编号 7QK3M9ZD）"
    assert message.text == (
        "编号 AAAAAAAA 的提醒没有能按原样写成，改发这条简短文字。\n\n"
        "1. 完善公开内容（GY-01，苍溪县），2023-07-31截止\n\n编号 7QK3M9ZD\n"
    )
    assert message.mentions == ("zhangsan",)


def test_a_sensitive_task_shows_no_day():
    entry = {**ENTRY, "title": "事项内容请登录内网查看", "sensitive": True}
    assert "截止" not in bare({**FACTS, "entries": [entry]}, instead_of="AAAAAAAA").text


def test_it_stays_short_and_harmless_whatever_the_facts_hold():
    entries = [{**ENTRY, "title": "<@all>\x00\u202e**长**\n" * 5_000}] * 200
    message = bare({**FACTS, "entries": entries, "lines": ["x" * 10_000]}, instead_of="AAAAAAAA")
    assert len(message.parts) <= 2
    assert all(size(part) <= PART_BYTES for part in message.parts)
    assert not set("<\x00\u202e*") & set(message.text)
    assert "另有181项。" in message.text


def test_it_needs_nothing_but_the_number():
    assert bare({"number": "7QK3M9ZD"}, instead_of="AAAAAAAA").text.endswith("编号 7QK3M9ZD\n")


def test_the_rest_of_a_long_message_stands_word_for_word():
    message = bare(FACTS, instead_of="AAAAAAAA", rest=["（2/3）\n**二**", "（3/3）\n**三**"])
    assert "只送到了前面的部分，余下的内容如下。\n\n（2/3）\n**二**\n\n（3/3）\n**三**\n\n编号 7QK3M9ZD" in message.text
    assert "完善公开内容" not in message.text
