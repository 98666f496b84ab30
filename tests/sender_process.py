"""Processes that plan a day and send it, to be killed by the tests.

`python -m tests.sender_process` reads orders, one JSON object a line, and forks a process for each:

    {"url": …, "at": "2023-07-24T01:00:00+00:00", "tasks": ["T1"], "smtp": 2525, "kill": "3:1"}

For each it answers with one line: the exit status, and how many notices stand in each state.
"""

import json
import os
import sys
import traceback
from datetime import datetime
from typing import Any

from gkbot.clock import FixedClock
from gkbot.delivery import EmailTransport, MailServer, RobotAddress, Transport, WeComTransport
from gkbot.ledger import Ledger, UnclearPolicy
from tests.plans import enqueue, item, notice, worker_for


def serve() -> None:
    """Fork a process for each order; everything slow is imported already."""
    for line in sys.stdin:
        order = json.loads(line)
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            _be_the_process(order, writing)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            states = json.loads(pipe.read() or "{}")
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"status": status, "states": states}), flush=True)


def _be_the_process(order: dict[str, Any], writing: int) -> None:
    status = 1
    try:
        if order.get("kill"):
            os.environ["CP"] = order["kill"]
        states = plan_and_send(order)
        os.write(writing, json.dumps(states).encode())
        status = 0
    except BaseException:  # noqa: BLE001 - the process ends here whatever happens
        traceback.print_exc()
    os._exit(status)


def plan_and_send(order: dict[str, Any]) -> dict[str, int]:
    clock = FixedClock(datetime.fromisoformat(order["at"]))
    transport = _transport(order, clock)
    with Ledger.open(order["url"], clock=clock) as ledger:
        enqueue(ledger, *(_notice(order, task) for task in order["tasks"]))
        with ledger.outbox.activate("test") as instance:
            worker = worker_for(ledger, instance, clock, transport)
            for _ in range(4):  # what is tried again quickly is tried again here
                worker.drain()
                clock.advance(60)
        return {str(state): count for state, count in ledger.counts().items() if count}


def _notice(order: dict[str, Any], task: str) -> Any:
    robot = "robot" in order
    address = "COUNTIES" if robot else f"{task.lower()}@example.gov.cn"
    return notice(f"key-{task}", item(task), channel="wecom" if robot else "email", address=address)


def _transport(order: dict[str, Any], clock: FixedClock) -> Transport:
    transport: Any
    if "robot" in order:
        transport = WeComTransport({"COUNTIES": RobotAddress(order["robot"])})
    else:
        server = MailServer(host="127.0.0.1", port=order["smtp"], security="none", sender="bot@example.gov.cn")
        transport = EmailTransport(server, clock)
    transport.policy = UnclearPolicy(order.get("policy", "resend_once"))
    return transport  # type: ignore[no-any-return]  # one of the two


if __name__ == "__main__":
    serve()
