"""`gkbot silence add|list|end`: what people do not want said for now."""

from datetime import date, timedelta

import click

from gkbot.cli.arguments import DAY, current_user, json_option
from gkbot.cli.chinese import ChineseGroup, command
from gkbot.cli.output import print_json, print_table, say
from gkbot.planning.suppressions import NewSuppression
from gkbot.service.silences import KINDS, about, add_silence, end_silence, end_words

ONE_DAY = timedelta(days=1)
EXIT_CODES = "\n\n退出码：0 已登记，1 规则文件有错，2 编号、名称或用法有错。"
who_option = click.option("--who", metavar="姓名", help="由谁决定，默认当前登录用户。")


@click.group(
    cls=ChineseGroup,
    help="""静默：一段时间内不发某些通知，到时补告仍然适用的，不丢失。

例：gkbot silence add --unit 苍溪县 --until 2023-07-28 --why 迎接检查

例：gkbot silence list

退出码：0 正常，1 规则文件有错，2 编号、名称或用法有错。""",
)
def silence() -> None:
    """The commands about silences."""


@command(
    "add",
    help="""登记一段静默。单位、地址、任务、文件可以同时写，写得越多范围越小；一个都不写，是整个办公室的通知。
管理员的清单和故障通知不受静默影响。

例：gkbot silence add --unit 苍溪县 --until 2023-07-28 --why 迎接检查

例：gkbot silence add --task GY2023-05 --kind 推迟 --until 2023-07-28 --why 等省厅答复

例：gkbot silence add --address a@example.gov.cn --kind 知悉 --until 2023-07-28 --why 已电话说明"""
    + EXIT_CODES,
)
@click.option("--unit", metavar="单位", help="只对这个单位。")
@click.option("--address", metavar="地址", help="只对这个邮箱，或这个机器人（写名称）。")
@click.option("--task", metavar="任务编号", help="只就这项任务。")
@click.option("--document", metavar="文件", help="只就这份文件的任务：文号、标题或规则文件的名称，写一部分也可以。")
@click.option("--everything", is_flag=True, help="整个办公室的通知，不能和上面几项同写。")
@click.option("--from", "since", type=DAY, metavar="日期", help="第一天，默认今天。")
@click.option("--until", type=DAY, metavar="日期", help="最后一天；不写时直到 gkbot silence end。")
@click.option(
    "--kind",
    type=click.Choice(list(KINDS)),
    default="静默",
    metavar="种类",
    help="静默：结束后补告；推迟：同静默，须写最后一天；知悉：对方已知道，结束后不补告。默认静默。",
)
@click.option("--why", metavar="原因", required=True, help="为什么，写进审计记录。")
@who_option
@json_option
def add(
    *,
    as_json: bool,
    everything: bool,
    kind: str,
    since: date | None,
    until: date | None,
    why: str,
    who: str | None,
    **about_what: str | None,
) -> int:
    """Write a silence down."""
    from gkbot.cli.start import office

    with office(writes=True) as opened:
        wanted = NewSuppression(
            kind=KINDS[kind],
            since=since or opened.clock.today(),
            end=None if until is None else until + ONE_DAY,
            author=who or current_user(),
            reason=why,
            **about_what,
        )
        found = add_silence(opened, wanted, everything=everything)
        if as_json:
            print_json(about(found, opened).as_json())
        else:
            click.echo(f"已登记第{found.id}号{about(found, opened).sentence()}")
    return 0


@command("list", help="列出静默。\n\n例：gkbot silence list --all" + EXIT_CODES)
@click.option("--all", "everything", is_flag=True, help="连同已经结束的一起列出。")
@json_option
def list_silences(*, everything: bool, as_json: bool) -> int:
    """List the silences."""
    from gkbot.cli.start import office

    with office(writes=False) as opened:
        today = opened.clock.today()
        found = () if opened.ledger is None else opened.ledger.suppressions.all(None if everything else today)
        told = [about(each, opened) for each in found]
    if as_json:
        print_json([each.as_json() for each in told])
        return 0
    if not told:
        click.echo("没有静默。" if everything else "没有生效的静默。结束了的用 --all 查看。")
        return 0
    rows = [(str(e.id), e.kind, e.what, e.since, end_words(e), e.author, e.reason) for e in told]
    print_table(("编号", "种类", "对谁、就什么", "第一天", "最后一天", "谁", "原因"), rows)
    say(f"共 {len(rows)} 条。")
    return 0


@command("end", help="提前结束一段静默，从今天起照常通知。\n\n例：gkbot silence end 3 --why 检查结束" + EXIT_CODES)
@click.argument("number", type=int, metavar="编号")
@click.option("--why", metavar="原因", required=True, help="为什么，写进审计记录。")
@who_option
def end(*, number: int, why: str, who: str | None) -> int:
    """End a silence before its time."""
    from gkbot.cli.start import office

    with office(writes=True) as opened:
        found = end_silence(opened, number, who=who or current_user(), why=why)
        click.echo(f"第{found.id}号静默已结束，从今天起照常通知；这期间落下、仍然适用的会补告。")
    return 0


for each, short in ((add, "登记一段静默"), (list_silences, "列出静默"), (end, "提前结束一段静默")):
    each.short_help = short
    silence.add_command(each)
