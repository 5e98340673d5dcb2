"""Every address of the front, and what answers it."""

from typing import Final

from starlette.routing import Route

from web import assets
from web.pages import audit, delete, health, replay, security_txt, session, sign_in, trail, week

ROUTES: Final = (
    Route("/", week.home, methods=["GET"]),
    Route("/week/{day}", week.show, methods=["GET"]),
    Route("/week/{day}", week.log, methods=["POST"]),
    Route("/session/{stream_id}", session.show, methods=["GET"]),
    Route("/session/{stream_id}", session.correct, methods=["POST"]),
    Route("/session/{stream_id}/delete", delete.ask, methods=["GET"]),
    Route("/session/{stream_id}/delete", delete.delete, methods=["POST"]),
    Route("/trail", trail.show, methods=["GET"]),
    Route("/replay", replay.show, methods=["GET"]),
    Route("/sign-in", sign_in.show, methods=["GET"]),
    Route("/sign-in", sign_in.redeem, methods=["POST"]),
    Route("/sign-out", sign_in.leave, methods=["POST"]),
    Route("/audit/p/{slot:int}/{path:path}", audit.of_practice_log, methods=["GET"]),
    Route("/audit/{path:path}", audit.of_root_log, methods=["GET"]),
    Route("/healthz", health.show, methods=["GET"]),
    Route("/readyz", health.ready, methods=["GET"]),
    Route(security_txt.ADDRESS, security_txt.show, methods=["GET"]),
    Route("/static/{fingerprint}/{name}", assets.serve, methods=["GET"]),
)
