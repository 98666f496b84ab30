"""`gkbot outbox restored`: how to go on after the database was restored from a backup."""

from datetime import date

import click

from gkbot.cli.arguments import DAY, current_user
from gkbot.cli.outbox_group import ask, sub, who_option, why_option, yes_option
from gkbot.cli.start import clock_for
from gkbot.settings import load_settings

QUESTIONS = {
    "resend": "按计划发送：备份之后发过的会再发一次。",
    "hold": "逐条由人确认：待发的和今天补出来的都先暂扣。",
    "skip-before": "这一天以前的算已发过：备份之后没来得及发的，也不会再发。",
}


@sub(
    "restored",
    "数据库从备份恢复以后，选择怎样继续",
    """数据库从备份恢复以后，选择怎样继续。三种办法选一种；选择之前什么也不发。谁选的、为什么，写进审计记录。

选择之前，先把备份之后登记过的办结、延期、事件补登记。

例：gkbot outbox restored --skip-before 2026-03-06 --why 昨天的都发过了""",
)
@click.option("--resend", "choice", flag_value="resend", help="按计划发送，备份之后发过的会再发一次。")
@click.option("--hold", "choice", flag_value="hold", help="都先暂扣，逐条由人确认（outbox release 或 drop）。")
@click.option("--skip-before", "before", type=DAY, metavar="日期", help="这一天以前该发的，算已发过；这一天起照常。")
@yes_option
@why_option
@who_option
def restored(*, choice: str | None, before: date | None, yes: bool, why: str, who: str | None) -> int:
    """Go on after a restored backup."""
    from gkbot.service.restoring import Choice, settle

    if (choice is None) == (before is None):
        raise click.UsageError("--resend、--hold、--skip-before 选一种。")
    chosen = Choice(choice) if choice else Choice.SKIP
    ask(f"{QUESTIONS[chosen]}确实这样继续吗？", yes=yes)
    settings = load_settings()
    done = settle(settings, clock_for(settings, None), chosen, who=who or current_user(), why=why, before=before)
    click.echo(
        f"已继续：放行 {done.released} 条，暂扣 {done.held} 条，算已发过 {done.skipped} 条。今后照常计划和发送。"
    )
    return 0
