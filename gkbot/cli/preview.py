"""`gkbot preview`: a notice as its reader will see it."""

import tempfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from gkbot.cli.arguments import DAY
from gkbot.cli.chinese import command
from gkbot.cli.output import say
from gkbot.os_words import in_words
from gkbot.service.previewing import MAIL, ROBOT, Preview, preview_of


@command(
    help="""看一条消息的样子：邮件的主题、正文，群机器人消息；和真正发出去的一样。不发送，不记录。

写任务编号，看它接下来的一次提醒；写消息编号（或 gkbot plan --json 里的 key），看那一条。

例：gkbot preview GY2023-05 --unit 苍溪县 --date 2023-07-24 --html mail.html

退出码：0 正常，1 规则文件有错，2 没有这样的消息，或者用法、设置有错。"""
)
@click.argument("wanted", metavar="任务编号|消息编号")
@click.option("--unit", metavar="单位", help="只看发给这个单位的。")
@click.option("--date", "day", type=DAY, metavar="日期", help="从哪一天起找，默认今天。")
@click.option("--channel", type=click.Choice([MAIL, ROBOT]), help="只看邮件（mail）或者群机器人消息（robot）。")
@click.option("--html", type=click.Path(path_type=Path, dir_okay=False), metavar="文件", help="把邮件的HTML写进文件。")
@click.option("--open", "opens", is_flag=True, help="在浏览器里打开邮件的HTML。")
def preview(
    *, wanted: str, unit: str | None, day: date | None, channel: str | None, html: Path | None, opens: bool
) -> int:
    """Show a notice, rendered."""
    from gkbot.cli.start import office

    with office(day, writes=False) as opened:
        found = preview_of(opened, wanted, unit=unit, day=opened.clock.today(), channel=channel)
    for each in found:
        _show(each)
    if html is not None or opens:
        _write_html(found, html, opens=opens)
    return 0


def _show(found: Preview) -> None:
    message = found.message
    say(f"{'群机器人' if found.channel == ROBOT else '邮件'}：{found.heading}")
    if message.problem:
        say(f"模板有错，用了内置的文字：{message.problem}")
    if message.subject is not None:
        click.echo(f"主题：{message.subject}\n")
    parts = message.parts or (message.text,)
    for number, part in enumerate(parts, start=1):
        if len(parts) > 1:
            say(f"第 {number} 条，共 {len(parts)} 条：")
        click.echo(part)


def _write_html(found: Sequence[Preview], html: Path | None, *, opens: bool) -> None:
    text = next((each.message.html for each in found if each.message.html), None)
    if text is None:
        raise click.UsageError("这条消息不是邮件，没有 HTML。")
    if html is None:
        with tempfile.NamedTemporaryFile(suffix=".html", prefix="gkbot-", delete=False) as made:
            html = Path(made.name)
    try:
        html.write_text(text, encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"写不了文件 {html}（{in_words(error)}）。") from None
    click.echo(str(html))
    if opens:
        click.launch(str(html))
