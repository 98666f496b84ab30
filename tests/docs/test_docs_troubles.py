"""What 运维手册 says people will see is what the program says: log events, messages of a failed start, codes."""

import re

from manuals import OPERATOR, ROOT, codes, rows, section

TEXT = OPERATOR.read_text(encoding="utf-8")
SOURCE = {path: path.read_text(encoding="utf-8") for path in sorted((ROOT / "gkbot").rglob("*.py"))}
EVENT = re.compile(r"\blog\.(?:debug|info|warning|error|exception|critical)\(\s*\"([^\"]+)\"")


def said_by_program(words: str) -> bool:
    return any(words in text for text in SOURCE.values())


def test_every_log_event_is_explained_and_none_that_is_not_written() -> None:
    written = {event for text in SOURCE.values() for event in EVENT.findall(text)}
    explained = {
        code for row in rows(section(TEXT, "七、日志"), "事件", "什么时候", "要做什么") for code in codes(row[0])
    }
    assert explained == written


def test_messages_of_a_failed_start_are_the_programs_own_words() -> None:
    table = rows(section(TEXT, "起不来"), "看到什么", "原因", "处理")
    quoted = [code for row in table for code in codes(row[0])]
    assert [words for words in quoted if not said_by_program(words)] == []


def test_codes_of_unsent_messages_are_known_to_the_channels() -> None:
    table = rows(section(TEXT, "起来了，有的消息发不出去"), "看到什么", "原因", "处理")
    quoted = [code.rstrip("…") for row in table for code in codes(row[0])]
    delivery = "\n".join(text for path, text in SOURCE.items() if path.parent.name == "delivery")
    assert [code for code in quoted if not re.search(rf"(?<!\w){re.escape(code)}(?![0-9A-Za-z])", delivery)] == []
