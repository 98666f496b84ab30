"""`gkbot status`: is the service alive, what went out, and does anything need a person?"""

from typing import TYPE_CHECKING

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json, print_table
from gkbot.screen import cells

if TYPE_CHECKING:
    from gkbot.service.status import Report

COLOURS = {"fail": "red", "warn": "yellow", "note": "cyan"}


@command(
    help="""一屏看清后台服务：在不在运行，今天检查了没有，发了多少，渠道通不通，有什么要人处理。

服务在运行、已经停止都能看；不发送，不记录。要处理的每一项写明怎么办。

例：gkbot status

退出码：0 没有要处理的，1 有要处理的，2 用法或设置有错。"""
)
@json_option
def status(*, as_json: bool) -> int:
    """Show how everything stands."""
    from gkbot.clock import SystemClock
    from gkbot.service.status import look_at
    from gkbot.settings import load_settings

    settings = load_settings()
    report = look_at(settings, SystemClock(settings.zone))
    if as_json:
        print_json(report.as_json())
    else:
        _show(report)
    return 0 if report.audit.is_clean else 1


def _show(report: "Report") -> None:
    heads = tuple(report.lines())
    widest = max(cells(name) for name, _ in heads)
    for name, text in heads:
        click.echo(f"{name}{' ' * (widest - cells(name))}  {text}")
    click.echo()
    print_table(("消息", "已发", "待发", "等人处理", "未送达", "过期未发"), list(report.table()))
    channels = list(report.channels())
    if channels:
        print_table(("渠道", "现在"), channels)
    for finding in report.audit.findings:
        click.echo(click.style(report.said(finding), fg=COLOURS[finding.severity]))
    if not report.audit.findings:
        click.echo("没有要处理的。")
