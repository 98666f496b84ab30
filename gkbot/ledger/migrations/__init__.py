"""Schema changes, one file each, run by `gkbot.ledger.schema`."""
