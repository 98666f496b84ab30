"""`python -m gkbot`."""

from gkbot.cli import main

main()
