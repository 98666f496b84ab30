"""The command `gkbot`: its subcommands are loaded only when they are called."""

import importlib
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from gkbot import __version__
from gkbot.cli.chinese import SETTINGS, ChineseHelp, write_list
from gkbot.errors import GkbotError, RulesBroken

EXIT_MISTAKES = 1
EXIT_USAGE = 2
MOST_PROBLEMS = 20

COMMANDS = {
    "init": ("init", "建立一个新的单位，逐项询问或用选项写全"),
    "when": ("when", "读出一句话里的办理期限"),
    "check": ("check", "检查规则文件，逐条列出问题"),
    "test": ("rule_tests", "运行规则测试：给定哪一天、发生过什么，核对会发哪些提醒"),
    "schema": ("schema", "输出规则文件的 JSON Schema，供编辑器补全和标错"),
    "tasks": ("tasks", "查看任务台账"),
    "export": ("export", "把台账和通讯录导出为 Excel 工作簿"),
    "import": ("import_workbook", "把改过的 Excel 工作簿读回规则文件"),
    "diff": ("diff", "比较规则文件和生效的版本：任务、截止日、消息有哪些不同"),
    "accept": ("diff", "确认规则文件里危险的改动，让它生效"),
    "plan": ("plan", "查看哪天会发哪些提醒，不发送"),
    "preview": ("preview", "看一条消息的样子：邮件和群机器人消息，和发出去的一样"),
    "replay": ("replay", "把过去一段时间重新演一遍，消息只写成文件，不发送"),
    "explain": ("explain", "说明一项任务的期限和提醒是怎样得来的"),
    "daily": ("daily", "执行一次每日检查：计划、写入发件箱、发送"),
    "serve": ("serve", "启动后台服务"),
    "done": ("events", "登记办结"),
    "ack": ("events", "登记签收"),
    "reopen": ("events", "退回补办，重新提醒"),
    "extend": ("events", "登记延期"),
    "event": ("events", "登记起算事件已经发生"),
    "adopt": ("events", "接管载入时已经逾期的任务，开始正常催办"),
    "pause": ("events", "暂停一项责任的提醒"),
    "resume": ("events", "恢复暂停的责任"),
    "silence": ("silence", "静默：一段时间内不向某单位、某地址或就某任务、某文件发通知"),
    "show": ("show", "一屏看清：盯着什么、今天发什么、接下来发什么"),
    "status": ("status", "后台服务的情况：在不在运行、发了多少、有什么要人处理"),
    "outbox": ("outbox", "发件箱：待发、未送达、暂扣的消息和草稿，审核、放行、导出"),
    "clock": ("clock", "系统时钟是否可信；确认时间无误后继续计划和发送"),
    "bounce": ("bounce", "登记退信：通知改走其他渠道，无效的邮箱停用"),
    "send-test": ("send_test", "发一条测试消息，检查邮件和机器人是否通"),
    "doctor": ("doctor", "检查环境：设置、规则、数据库、时钟、邮件服务器、磁盘……"),
    "db": ("db", "数据库：查看、备份、更新结构、搬到 PostgreSQL"),
}

HELP = """政务公开任务期限提醒工具。

规则文件写明每项任务的期限原文，gkbot 算出截止日，按时用邮件或企业微信机器人提醒。

例：gkbot when "各县（区）于2023年7月底前完成" --ref 2023-05-17

退出码：0 正常，1 输入有错（或有消息最终未送达），2 用法或设置有错。"""


class LazyGroup(ChineseHelp, click.Group):
    """A group that imports a command's module when the command is called, for a quick start."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gkbot.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, cmd_name.replace("-", "_"))
        assert isinstance(command, click.Command)  # noqa: S101 - our own table
        return command

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The options, then the commands."""
        super().format_options(ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without importing any of them."""
        write_list(formatter, "命令", [(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=LazyGroup, help=HELP, context_settings=SETTINGS)
@click.version_option(__version__, "--version", message="gkbot %(version)s", help="显示版本。")
def gkbot() -> None:
    """Top of the command tree."""


def run(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and leave with the exit status of CONTRACTS.md."""
    sys.exit(_status(list(sys.argv[1:] if arguments is None else arguments)))


def _status(arguments: list[str]) -> int:
    from gkbot.service.logs import set_up_last_words

    use_utf8()
    set_up_last_words()
    try:
        result = gkbot.main(arguments, prog_name="gkbot", standalone_mode=False)
    except click.ClickException as error:
        return _tell_usage(error)
    except click.Abort:
        click.echo("已中止。", err=True)
        return EXIT_USAGE
    except RulesBroken as error:
        return _tell_broken_rules(error)
    except GkbotError as error:
        click.echo(f"gkbot: {error}", err=True)
        return EXIT_USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # noqa: BLE001 - the command line catches the rest, once
        return _tell_failure(error)
    return result if isinstance(result, int) else 0


def _tell_failure(error: Exception) -> int:
    """A mistake of the program's own: where it is, without the exception's text, which may hold a secret."""
    from gkbot.service.logs import failure_in_short

    click.echo(f"gkbot: 程序内部出错（{failure_in_short(error)}），没有做完的事下次会接着做。", err=True)
    click.echo("请把这一行和所用的命令告诉维护人员。", err=True)
    return EXIT_MISTAKES


def use_utf8() -> None:
    """Write UTF-8 whatever the locale says: Chinese must come through in a bare environment, too."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(encoding="utf-8", errors="backslashreplace")


def _tell_broken_rules(error: RulesBroken) -> int:
    from gkbot.rulebook import Problem, format_problem

    for problem in error.problems[:MOST_PROBLEMS]:
        if isinstance(problem, Problem):
            click.echo(format_problem(problem), err=True)
    click.echo(f"gkbot: {error}", err=True)
    return EXIT_MISTAKES


def _tell_usage(error: click.ClickException) -> int:
    from gkbot.cli.usage import in_chinese

    context = getattr(error, "ctx", None)
    if context is not None:
        click.echo(context.get_usage(), err=True)
    click.echo(f"gkbot: {in_chinese(error)}", err=True)
    return EXIT_USAGE
