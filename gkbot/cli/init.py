"""`gkbot init`: a new office, by questions or by flags."""

import sys
from pathlib import Path
from typing import Any

import click

from gkbot.cli.arguments import ISSUED
from gkbot.cli.chinese import command
from gkbot.cli.init_dialogue import Asker
from gkbot.cli.init_questions import Flags, Interview
from gkbot.cli.output import say
from gkbot.clock import Clock, SystemClock
from gkbot.rulebook import Rulebook, Severity, format_problem, load
from gkbot.service.founding.answers import Answers
from gkbot.service.founding.first_notice import coming_notices, message_of
from gkbot.service.founding.office import Draft, draft, settings_of, try_out, write

INDENT = "    "


@command(
    help="""建立一个新的单位：通讯录、提醒方案、第一项任务，要发邮件的连同 .env；然后检查，并显示第一条提醒。

在终端里执行会逐项询问；写全了选项就不问。已有的文件从不覆盖。

例：gkbot init

例：gkbot init --office 示例县人民政府办公室 --unit 县财政局=caizheng@example.gov.cn
--admin gongkai@example.gov.cn --task 公布年度报告 --deadline 3月31日前 --yes

退出码：0 已建立，1 规则文件会有错，没有建立，2 用法或设置有错，或者文件已经存在。"""
)
@click.argument(
    "folder", metavar="[文件夹]", default=Path(), type=click.Path(path_type=Path, file_okay=False), required=False
)
@click.option("--office", metavar="名称", help="本单位名称。")
@click.option("--slug", metavar="文件夹名", help="rules 里的文件夹名，默认 zwgk。")
@click.option("--document", metavar="标题", help="第一份文件的标题。")
@click.option("--number", metavar="文号", help="文件的文号，可以不写。")
@click.option("--issued", metavar="日期", type=ISSUED, help="文件印发日期，默认今天。")
@click.option("--year", metavar="年", type=click.IntRange(1900, 2200), help="任务年度，默认印发日期所在年。")
@click.option("--unit", metavar="名称=邮箱", multiple=True, help="承担任务的单位和联络员邮箱，可写多次。")
@click.option("--admin", metavar="邮箱", help="管理员邮箱，收清单和故障通知。")
@click.option("--task", metavar="事项", help="第一项任务，一句话。")
@click.option("--clause", metavar="条款", help="任务在文件里的位置，可以不写。")
@click.option("--deadline", metavar="期限", help="期限，照抄原文；没有期限的写“持续推进”。")
@click.option("--responsible", metavar="单位", help="责任单位，几个用“、”隔开；默认全部单位。")
@click.option("--smtp-host", metavar="地址", help="邮件服务器；写了就建立 .env。")
@click.option("--smtp-port", metavar="端口", help="邮件服务器端口，默认按连接方式。")
@click.option("--smtp-security", metavar="方式", default="ssl", help="连接方式：ssl（默认）、starttls、none。")
@click.option("--smtp-user", metavar="登录名", help="邮件登录名，不用登录就不写。")
@click.option(
    "--smtp-password-file", metavar="文件", type=click.Path(path_type=Path), help="文件，里面是邮件密码或授权码。"
)
@click.option("--mail-from", metavar="邮箱", help="发件人，默认同登录名。")
@click.option("--robot", metavar="名称=文件", help="单位联络员群的机器人；文件里是完整的 Webhook 地址。")
@click.option("--admin-robot", metavar="名称=文件", help="管理员群的机器人；写法同上。")
@click.option("--yes", is_flag=True, help="不询问，没有写的用默认值。")
def init(**given: Any) -> int:
    """Found an office in a folder."""
    flags = Flags(**given)
    asker = Asker(is_open=is_terminal() and not flags.yes)
    if flags.missing() and not asker.is_open:
        raise click.UsageError(f"缺少 {'、'.join(flags.missing())}。在终端里执行、不写 --yes，会逐项询问。")
    settings = settings_of(flags.folder)
    clock = SystemClock(settings.zone)
    has_dotenv = (flags.folder / ".env").exists()
    interview = Interview(flags=flags, asker=asker, today=clock.today(), has_dotenv=has_dotenv)
    answers, told = interview.answers()
    made = draft(answers, told, flags.folder, settings.rules, clock.today())
    try_out(made, clock.today())
    if not asker.agrees(f"要建立 {'、'.join(map(str, made.paths))}，可以吗", default=True):
        say("没有建立任何文件。")
        return 0
    write(made)
    _tell_written(made, has_dotenv=has_dotenv)
    return _tell_checked(flags.folder, clock, answers)


def is_terminal() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty()


def _tell_written(made: Draft, *, has_dotenv: bool) -> None:
    for path in made.paths:
        click.echo(f"已建立 {path}")
    if has_dotenv:
        say("已有 .env，没有改动。")


def _tell_checked(home: Path, clock: Clock, answers: Answers) -> int:
    """Check the whole folder as `gkbot check` does, then show the first notice."""
    settings = settings_of(home)
    result = load(settings.rules, clock.today())
    for problem in result.problems:
        if problem.severity is not Severity.HINT:
            click.echo(format_problem(problem))
    click.echo(f"检查了 {len(result.files)} 个文件：{len(result.errors)} 个错误。")
    if result.book is None:
        say("别的规则文件有错误，改正以后新的任务才生效。")
        return 1
    _tell_first_notice(home, result.book, clock, answers.task_id)
    return 0


def _tell_first_notice(home: Path, book: Rulebook, clock: Clock, task_id: str) -> None:
    settings = settings_of(home)
    coming = coming_notices(settings, clock, book, task_id)
    if not coming:
        click.echo("\n一年之内没有要发的提醒。")
        return
    click.echo("\n接下来的提醒：")
    for each in coming:
        click.echo(f"{INDENT}{each.line}")
    message = message_of(settings, clock, book, coming[0].notice)
    click.echo("\n第一条是这样的：\n")
    for line in [*filter(None, [message.subject]), *message.text.rstrip().split("\n")]:
        click.echo(f"{INDENT}{line}".rstrip())
    where = "" if home == Path() else f"cd {home}，再"
    click.echo(f"\n接着{where}用 gkbot plan 看今天发什么，用 gkbot doctor 检查环境，用 gkbot daily 发出第一条。")
