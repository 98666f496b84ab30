"""`gkbot db`: bring the database up to date, move it, back it up, look at it."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from gkbot.cli.arguments import json_option
from gkbot.cli.chinese import ChineseGroup, command
from gkbot.cli.output import print_json, print_table, say
from gkbot.errors import UsageError
from gkbot.ledger import ledger_exists

TABLE_WORDS = {
    "event": "登记",
    "occurrence": "截止日",
    "digest": "汇总",
    "notice": "消息",
    "attempt": "发送",
    "told": "提醒过的",
    "seen": "任务生效日",
    "scan_run": "检查",
    "channel_state": "渠道",
    "suppression": "静默和退信",
    "instance": "启动",
    "audit": "审计",
    "rulebook_version": "规则版本",
}


@click.group(
    cls=ChineseGroup,
    help="""数据库：查看、备份、更新结构、搬到另一种数据库。地址取自 GKBOT_DATABASE_URL，密码从不显示。

例：gkbot db info

例：gkbot db backup var/backup-2026-03-05.db

退出码：0 正常，1 需要更新（migrate --check），2 用法有错或数据库有问题。""",
)
def db() -> None:
    """The database's commands."""


def _sub(name: str, short: str, text: str) -> Callable[[Callable[..., int]], click.Command]:
    def add(function: Callable[..., int]) -> click.Command:
        made = command(name, help=text)(function)
        made.short_help = short
        db.add_command(made)
        return made

    return add


@_sub(
    "info",
    "查看数据库：种类、大小、版本、记录数",
    """查看数据库：种类、大小、结构版本、每个表的记录数、启动次数。

例：gkbot db info

退出码：0 正常，2 用法有错或数据库有问题。""",
)
@json_option
def info(*, as_json: bool) -> int:
    """Tell how the database is."""
    from gkbot.ledger.condition import database_condition

    url, clock = _existing()
    found = database_condition(url, clock=clock, writes=False, counts=True)
    backend = "postgresql" if found.path is None else "sqlite"
    if as_json:
        facts = {"database": found.name, "backend": backend, "size_bytes": found.size_bytes, "version": found.version}
        print_json({**facts, "wanted": found.wanted, "epoch": found.epoch, "rows": dict(found.rows)})
        return 0
    state = "最新" if found.version == found.wanted else f"本程序用的是 {found.wanted}"
    click.echo(f"数据库：{found.name}")
    click.echo(f"种类：{'PostgreSQL' if found.path is None else 'SQLite'}，{found.size_bytes / 1024**2:.1f} MB")
    click.echo(f"结构版本：{found.version or '空'}（{state}）；发送程序启动过 {found.epoch or 0} 次")
    if found.rows:
        print_table(("表", "内容", "记录数"), [(n, TABLE_WORDS.get(n, ""), str(c)) for n, c in found.rows.items()])
    return 0


@_sub(
    "migrate",
    "把数据库结构更新到本程序的版本",
    """把数据库结构更新到本程序的版本。平时不用执行：每次启动都会自动更新；想在启动前先做好、看到结果时用。

SQLite 要先停止后台服务；更新前自动在数据库旁边留一份备份，文件名里有旧版本和日期。

例：gkbot db migrate --check    只看要不要更新

例：gkbot db migrate

退出码：0 已经是最新的，或更新好了；1 需要更新（--check）；2 用法有错或数据库有问题。""",
)
@click.option("--check", "only_looks", is_flag=True, help="只看要不要更新，不动数据库。")
def migrate(*, only_looks: bool) -> int:
    """Bring the schema up to date by hand."""
    from gkbot.ledger.backups import backup_before
    from gkbot.ledger.database import Database
    from gkbot.ledger.schema import SCHEMA_VERSION, bring_up_to_date, version_of

    url, clock = _existing(may_be_new=not only_looks)
    database = Database(url, clock=clock)
    try:
        if only_looks:
            with database.reading() as connection:
                found = version_of(connection)
            return _tell_need(database.name, found, SCHEMA_VERSION)
        before = bring_up_to_date(database)
        path = database.path
    finally:
        database.close()
    if before == SCHEMA_VERSION:
        click.echo(f"{database.name} 已经是最新的（{SCHEMA_VERSION}）。")
        return 0
    click.echo(f"{database.name}：{before or '空'} → {SCHEMA_VERSION}，更新好了。")
    if before is not None and path is not None:
        click.echo(f"更新前的备份：{backup_before(path, before, clock.today())}")
    return 0


def _tell_need(name: str, found: str | None, wanted: str) -> int:
    if found == wanted:
        click.echo(f"{name} 已经是最新的（{wanted}），不用更新。")
        return 0
    if found is not None and found > wanted:
        raise UsageError(f"{name} 的版本（{found}）比本程序（{wanted}）新。请升级 gkbot。")
    click.echo(f"{name} 需要更新：{found or '空'} → {wanted}。请执行 gkbot db migrate，或直接启动服务。")
    return 1


@_sub(
    "backup",
    "备份 SQLite 数据库，服务不用停",
    """把 SQLite 数据库备份成一个文件，服务不用停；备份好以后检查完整性，不完整的不留下。不覆盖已有的文件。

PostgreSQL 请用 pg_dump。

例：gkbot db backup var/backup-2026-03-05.db

退出码：0 备份好了，2 用法有错或数据库有问题。""",
)
@click.argument("target", metavar="文件", type=click.Path(path_type=Path, dir_okay=False))
def backup(*, target: Path) -> int:
    """Copy the database into a file."""
    from gkbot.ledger.backups import back_up
    from gkbot.ledger.engines import file_of, shown, understood

    url, _ = _existing()
    source = file_of(understood(url))
    if source is None:
        address = shown(understood(url).set(password=None))
        call = f"pg_dump --format=custom --file={target} '{address}'"
        raise UsageError(f"数据库在 PostgreSQL 上，请用它自己的工具备份：{call}")
    back_up(source, target)
    click.echo(f"{target}：已备份，{target.stat().st_size / 1024**2:.1f} MB，完整性检查通过。")
    return 0


@_sub(
    "copy",
    "把整个数据库搬到另一个数据库",
    """把整个数据库搬到另一个空的数据库，SQLite 和 PostgreSQL 之间都可以。

先停止后台服务。编号、登记、发过的消息、审计、规则版本全部带走，搬好以后逐表核对条数和内容；
中途断了，目标还是空的，再执行一次就行。原来的数据库不动。

例：gkbot db copy --to postgresql://gkbot@127.0.0.1/gkbot    密码写在 ~/.pgpass 里

退出码：0 搬好了，2 用法有错或数据库有问题。""",
)
@click.option("--to", "address", metavar="地址", required=True, help="目标数据库的地址，写法同 GKBOT_DATABASE_URL。")
def copy(*, address: str) -> int:
    """Move the office's database."""
    from gkbot.ledger.copying import copy_ledger, rows_in
    from gkbot.ledger.database import Database

    url, clock = _existing()
    source, target = Database(url, clock=clock), Database(address, clock=clock)
    try:
        _refuse_the_same(source, target)
        bar: Any = click.progressbar(length=2 * rows_in(source), label="复制并核对", file=sys.stderr)
        with bar:
            copied = copy_ledger(source, target, lambda _table, rows: bar.update(rows))
    finally:
        source.close()
        target.close()
    rows = [(n, TABLE_WORDS.get(n, ""), str(c), copied.digests[n][:12]) for n, c in copied.rows.items()]
    print_table(("表", "内容", "记录数", "内容摘要"), rows)
    click.echo("全部搬好，逐表核对一致。接下来：")
    click.echo(f"1. 在 .env 里改成 GKBOT_DATABASE_URL={_as_setting(target)}")
    click.echo("2. 执行 gkbot doctor 和 gkbot db info 看一看，再启动服务。发过的消息不会重发。")
    click.echo(f"3. 旧的数据库 {source.name} 没有动，不要再用它启动服务；确认新的正常以后，另行保存。")
    return 0


def _refuse_the_same(source: Any, target: Any) -> None:
    same_file = source.path is not None and target.path is not None and source.path.resolve() == target.path.resolve()
    if same_file or source.url == target.url:
        raise UsageError("目标就是现在的数据库。请写另一个数据库的地址。")


def _as_setting(database: Any) -> str:
    """The address as it stands in .env; a password is left for the person to fill in."""
    from gkbot.ledger.engines import shown

    return shown(database.url).replace("***", "密码")


def _existing(*, may_be_new: bool = False) -> tuple[str, Any]:
    """The address of the office's database, and the clock."""
    from gkbot.clock import SystemClock
    from gkbot.settings import load_settings

    settings = load_settings()
    if not may_be_new and not ledger_exists(settings.database_url):
        say("第一次检查（gkbot daily 或 gkbot serve）时会自动建立。")
        raise UsageError(f"还没有数据库 {settings.database_url.partition(':///')[2]}。")
    return settings.database_url, SystemClock(settings.zone)
