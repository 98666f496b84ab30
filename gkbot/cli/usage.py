"""click's complaints about usage, in Chinese."""

import click


def in_chinese(error: click.ClickException) -> str:
    """The complaint as users read it; click's own words where it has no kind of its own."""
    match error:
        case click.NoSuchOption():
            near = f"是不是 {'、'.join(error.possibilities)}？" if error.possibilities else "用 --help 查看可用选项。"
            return f"没有选项 {error.option_name}。{near}"
        case click.MissingParameter():
            return f"缺少{_name(error).rstrip()}。用 --help 查看用法。"
        case click.BadParameter():
            return f"{_name(error).lstrip()}不对：{error.message}"
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


def _name(error: click.BadParameter) -> str:
    if error.param is not None:
        is_option = isinstance(error.param, click.Option)
        return f" {error.param.opts[0] if is_option else error.param.human_readable_name} "
    return "参数"
