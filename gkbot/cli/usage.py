"""click's complaints about usage, in Chinese."""

import re

import click

from gkbot.os_words import in_words

_VALUES = (
    (r"'(.*)' is not one of (.*)\.", "“{0}”不在可写的几种里：{1}。"),
    (r"'(.*)' is not '(.*)'\.", "“{0}”不对，只能写 {1}。"),
    (r"'(.*)' is not a valid (?:integer|integer range|int)\.", "“{0}”不是整数。"),
    (r"(.*) is not in the range (.*)<=x<=(.*)\.", "只能写 {1} 至 {2}，写的是 {0}。"),
    (r"\w+ '(.*)' is a directory\.", "“{0}”是文件夹，要写文件。"),
    (r"\w+ '(.*)' is a file\.", "“{0}”是文件，要写文件夹。"),
)
"""What click's types say of a value (click/types.py), and how it is said here."""


def in_chinese(error: click.ClickException) -> str:
    """The complaint as users read it; click's own words where it has no kind of its own."""
    match error:
        case click.NoSuchOption():
            near = f"是不是 {'、'.join(error.possibilities)}？" if error.possibilities else "用 --help 查看可用选项。"
            return f"没有选项 {error.option_name}。{near}"
        case click.MissingParameter():
            return f"缺少{_name(error).rstrip()}。用 --help 查看用法。"
        case click.BadParameter():
            return f"{_name(error).lstrip()}不对：{_of_value(error)}"
        case click.UsageError() if "No such command" in error.message:
            return (
                f"没有这个命令（{error.message.rpartition('command')[2].strip(' .')}）。用 gkbot --help 查看全部命令。"
            )
        case click.UsageError() if "unexpected extra argument" in error.message:
            return f"多出了参数{error.message.partition('argument')[2].lstrip('s')}。用 --help 查看用法。"
        case click.UsageError() if "requires an argument" in error.message:
            return f"{error.message.split()[1]} 后面要写值。"
        case click.UsageError() if "Missing command" in error.message:
            return "要写命令。用 gkbot --help 查看全部命令。"
        case click.FileError():
            return f"打不开文件 {error.ui_filename}。请检查路径和权限。"
        case _:
            return error.format_message()


def _of_value(error: click.BadParameter) -> str:
    """What is wrong with a value: our own types say it in Chinese, click's in English."""
    if isinstance(error.__context__, OSError):
        return f"打不开文件 {error.__context__.filename}（{in_words(error.__context__)}）。"
    for pattern, words in _VALUES:
        found = re.fullmatch(pattern, error.message, re.DOTALL)
        if found is not None:
            return words.format(*(group.replace("'", "").replace(", ", "、") for group in found.groups()))
    return error.message


def _name(error: click.BadParameter) -> str:
    if error.param is not None:
        is_option = isinstance(error.param, click.Option)
        return f" {error.param.opts[0] if is_option else error.param.human_readable_name} "
    return "参数"
