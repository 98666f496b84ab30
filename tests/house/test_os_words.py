"""What the operating system complains of reaches people in Chinese."""

import errno
import os
import socket

import pytest

from gkbot.os_words import in_words


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "磁盘已满"), (errno.EROFS, "文件系统只读"), (errno.EADDRINUSE, "地址已被占用")],
)
def test_a_complaint_of_the_system_is_said_by_its_number(number: int, words: str) -> None:
    assert in_words(OSError(number, os.strerror(number))) == words


def test_a_rare_one_keeps_the_name_of_its_number() -> None:
    assert in_words(OSError(errno.EINVAL, "Invalid argument")) == "EINVAL"


def test_complaints_that_have_no_number_of_the_system_are_said_by_their_kind() -> None:
    assert in_words(TimeoutError("timed out")) == "对方没有答复"
    assert in_words(socket.gaierror(-2, "Name or service not known")) == "没有这个主机名"
