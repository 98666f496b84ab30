"""A process that sends one outbox once, to be stopped, or killed by what it sends.

`python -m tests.faults.outbox_process ORDER` with one JSON object:

    {"url": …, "robot": …, "lease": 2.0}                            by the system's clock
    {"url": …, "smtp": 2525, "at": "2023-07-24T01:00:00+00:00", "deadly": "T2"}

Rendering the deadly task is a segmentation fault. It prints what it came to.
"""

import json
import os
import signal
import sys
from datetime import datetime
from typing import Any

from gkbot.clock import Clock, FixedClock, SystemClock
from gkbot.delivery import EmailTransport, MailServer, RobotAddress, Transport, WeComTransport
from gkbot.ledger import Ledger
from gkbot.notices.message import Message
from tests.plans import render, worker_for


def main(order: dict[str, Any]) -> None:
    """Send what is due."""
    clock: Clock = FixedClock(datetime.fromisoformat(order["at"])) if "at" in order else SystemClock()
    with Ledger.open(order["url"], clock=clock) as ledger, ledger.outbox.activate("process") as instance:
        worker = worker_for(ledger, instance, clock, _transport(order, clock))
        worker.longest_lease_seconds = order.get("lease", worker.longest_lease_seconds)

        def deadly(facts: Any, **how: Any) -> Message:
            if order.get("deadly") in facts["tasks"]:
                os.kill(os.getpid(), signal.SIGSEGV)
            return render(facts, **how)

        worker.render = deadly
        tally = worker.drain()
    print(json.dumps({"sent": tally.sent, "stale": tally.stale}), flush=True)


def _transport(order: dict[str, Any], clock: Clock) -> Transport:
    if "robot" in order:
        return WeComTransport({"COUNTIES": RobotAddress(order["robot"])})
    server = MailServer(host="127.0.0.1", port=order["smtp"], security="none", sender="bot@example.gov.cn")
    return EmailTransport(server, clock)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
