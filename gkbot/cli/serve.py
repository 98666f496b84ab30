"""`gkbot serve`: the background service."""

import logging
import os

from gkbot.cli.chinese import command
from gkbot.settings import load_settings

log = logging.getLogger("gkbot.serve")


@command(
    help="""启动后台服务：按时检查、发送，规则文件改动后自动重读，并提供网页。

启动完成时日志出现 ready；收到 SIGTERM 或 Ctrl-C 时，发完手上的一条就退出。

例：gkbot serve

退出码：0 正常结束，1 规则文件有错且没有可用的旧版本，2 设置或数据库有错。"""
)
def serve() -> int:
    """Run until told to stop."""
    from gkbot.clock import SystemClock
    from gkbot.ledger import Ledger
    from gkbot.service.auditing.systemd import Systemd
    from gkbot.service.background import Service
    from gkbot.service.footing import warn_of_the_database
    from gkbot.service.logs import set_up_logs
    from gkbot.service.office import rules_folder
    from gkbot.service.stopping import Stopper, stop_on_signals
    from gkbot.web import Metrics, OfficeDesk, WebServer, bind, create_app

    settings = load_settings()
    set_up_logs(settings.zone)
    rules_folder(settings)
    clock = SystemClock(settings.zone)
    stopper = Stopper()
    stop_on_signals(stopper.stop)
    with Ledger.open(settings.database_url, clock=clock) as ledger:
        warn_of_the_database(settings.database_url, clock)
        systemd = Systemd.of(os.environ)
        service = Service(settings=settings, clock=clock, ledger=ledger, stopper=stopper, systemd=systemd)
        desk = OfficeDesk(
            settings, clock, ledger=ledger, in_force=lambda: service.keeper.current, auditor=service.auditor
        )
        metrics = Metrics(ledger, service.auditor, clock)
        app = create_app(desk, public_url=settings.public_url, metrics=metrics.text)
        web = WebServer(app, bind(settings.web_host, settings.web_port))

        def ready() -> None:
            log.info("ready", extra={"web": web.address, "rules": settings.rules, "daily_at": settings.daily_at})

        try:
            service.keeper.refresh()
            web.start()  # a passive instance answers, too
            service.on_ready = ready
            service.run()
        finally:
            web.stop()
    return 0
