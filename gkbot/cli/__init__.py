"""The command line: parse, call, print."""


def main() -> None:
    """Run `gkbot`; the console script's entry."""
    from gkbot.cli.app import run

    run()
