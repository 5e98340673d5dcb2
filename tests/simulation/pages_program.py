"""The pages under test in a process of their own, to be killed: real ledger, real sockets, TLS.

Arguments: connection base, DATA_DIR, practice id, person id. Prints its port and one sign-in code
once it serves, and serves until it is killed.
"""

import sys
import time
from dataclasses import replace
from pathlib import Path
from random import Random
from uuid import UUID

from commands.context import Actor
from commands.opening import open_context
from ledger.postgres.connect import Database
from ledger.postgres.settings import Settings
from projections.read_models import Followers
from tests.web.fake_sessions import FakeSessions
from web import app
from web.development_sign_in import DevelopmentSignIn
from web.server import Server
from web.services import Services
from web.serving import wire
from web.settings import WebSettings
from web.tls import tls_files

PAUSE_S_MAX = 0.02


def dawdling(services: Services) -> Services:
    """Return services that take their time between event and answer, where the kill is to fall."""
    chance = Random()
    records = services.records

    def week(actor: Actor, day: object) -> object:
        time.sleep(chance.uniform(0, PAUSE_S_MAX))
        return records.week(actor, day)  # type: ignore[arg-type]

    return replace(services, records=replace(records, week=week))  # type: ignore[arg-type]


def main(base: str, data_dir: str, practice: str, person: str, port: str) -> None:
    """Serve."""
    settings = Settings(Path(data_dir))
    number = int(port)
    web_settings = WebSettings(
        data_dir=settings.data_dir, https_port=number, public_port=number, http_port=0
    )
    with open_context(Database.from_socket(base), settings) as context:
        sign_in = DevelopmentSignIn(web_settings, context.clock, print)
        pages = app.build(
            dawdling(wire(context, settings, broken=tuple)),
            web_settings,
            clock=context.clock,
            ids=context.ids,
            sessions=FakeSessions(),
            identity=None,
            development_sign_in=sign_in,
        )
        code = sign_in.link(Actor(UUID(practice), UUID(person))).partition("#")[2]

        def ready() -> None:
            sys.stdout.write(f"{code}\n")
            sys.stdout.flush()

        followers = Followers(context.ledger.database, context.ledger.keys)
        followers.start()
        Server(pages, web_settings, tls_files(web_settings, context.clock)).run(ready)
        followers.stop()


if __name__ == "__main__":
    main(*sys.argv[1:])
