"""`gkbot clock`: whether the clock is believed, and a person's word that it is right."""

import click

from gkbot.cli.arguments import current_user, json_option
from gkbot.cli.chinese import command
from gkbot.cli.output import print_json


@command(
    help="""系统时钟是否可信；时钟异常时暂停计划和发送，确认时间无误后用 accept 继续。

例：gkbot clock

例：gkbot clock accept --why 机房校时，现在的时间是对的

退出码：0 正常，2 用法有错。"""
)
@click.argument("action", metavar="[accept]", type=click.Choice(["accept"]), required=False)
@click.option("--why", metavar="原因", help="为什么，写进审计记录；accept 时必填。")
@click.option("--who", metavar="姓名", help="由谁决定，默认当前登录用户。")
@json_option
def clock(*, action: str | None, why: str | None, who: str | None, as_json: bool) -> int:
    """Tell of the clock, or accept it."""
    from gkbot.cli.start import office
    from gkbot.errors import UsageError
    from gkbot.ledger import Brake
    from gkbot.service.standing import lines_of_standing

    with office(writes=True) as opened:
        assert opened.ledger is not None  # noqa: S101 - opened for writing
        braking = opened.ledger.braking
        standing = braking.standing(Brake.CLOCK)
        if action is None:
            now = opened.clock.now().astimezone(opened.settings.zone)
            if as_json:
                print_json({"now": now.isoformat(), "held": standing is not None})
                return 0
            click.echo(f"现在：{now:%Y-%m-%d %H:%M:%S}（{opened.settings.zone.key}）")
            held = sum(each.brake is Brake.CLOCK for each in braking.held())
            for line in ["时钟可信。"] if standing is None else lines_of_standing(standing, held, opened.clock):
                click.echo(line)
            return 0
        if standing is None:
            raise UsageError("时钟没有异常，不用确认。")
        if not why:
            raise click.UsageError("请用 --why 写明原因。")
        count = braking.lift(Brake.CLOCK, who=who or current_user(), why=why)
    click.echo(f"已确认时间无误，放行暂扣的 {count} 条；今后照常计划和发送。")
    return 0
