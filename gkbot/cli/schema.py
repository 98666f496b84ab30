"""`gkbot schema`: the JSON Schema by which editors complete, explain and mark rule files."""

from pathlib import Path

import click

from gkbot.cli.chinese import command


@command(
    help="""输出规则文件的 JSON Schema（draft-07）。编辑器用它补全键名、显示说明、标出写错的键。

例：gkbot schema --output schema/rules.v1.json

用法：在规则文件的第一行写“# yaml-language-server: $schema=路径/rules.v1.json”，
再用装有YAML插件的编辑器打开。全部检查仍以 gkbot check 为准。

退出码：0 正常，2 用法错误或文件写不进去。"""
)
@click.option(
    "--output", "file", metavar="文件", type=click.Path(path_type=Path, dir_okay=False), help="写入文件，不显示。"
)
def schema(*, file: Path | None) -> int:
    """Print the schema, or write it to a file."""
    from gkbot.rulebook.schema import schema_text

    if file is None:
        click.echo(schema_text(), nl=False)
        return 0
    try:
        file.write_text(schema_text(), encoding="utf-8")
    except OSError as error:
        raise click.UsageError(f"写不进文件 {file}。请检查文件夹是否存在、有没有权限。") from error
    click.echo(f"已写入 {file}。", err=True)
    return 0
