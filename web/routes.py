"""Every address of the front, made of its row in the table and of what answers it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from web import assets
from web.access import ROWS, Row
from web.api.table import API_HANDLERS, API_ROWS
from web.guard import Endpoint, guarded
from web.pages import health, security_txt
from web.pages.account import (
    account,
    members,
    passkeys,
    practices,
    recover,
    sign_in,
    step_up,
    tokens,
)
from web.pages.emergency import emergency, emergency_records
from web.pages.entries import activity, activity_delete, copy_day, delete, session, week
from web.pages.officer import audit, compliance, holds, replay
from web.pages.progress import progress
from web.pages.setup import enrolment, setting, setup, supervision
from web.pages.supervising import sign, supervise, supervisee
from web.pages.trail import access, trail
from web.pages.weekly_log import log_print, weekly_log, weeks

HANDLERS: Final[Mapping[tuple[str, str], Endpoint]] = MappingProxyType(
    {
        ("GET", "/"): week.home,
        ("GET", "/week/{day}"): week.show,
        ("POST", "/week/{day}"): week.log,
        ("GET", "/session/{stream_id}"): session.show,
        ("POST", "/session/{stream_id}"): session.correct,
        ("GET", "/session/{stream_id}/delete"): delete.ask,
        ("POST", "/session/{stream_id}/delete"): delete.delete,
        ("GET", "/supervise"): supervise.show,
        ("GET", "/supervise/{person_id}"): supervisee.show,
        ("POST", "/supervise/{person_id}/notice"): supervisee.give_notice,
        ("GET", "/sign"): sign.show_several,
        ("GET", "/sign/{stream_id}"): sign.show,
        ("POST", "/sign/{stream_id}"): sign.sign,
        ("POST", "/sign/{stream_id}/return"): sign.give_back,
        ("GET", "/compliance"): compliance.show_all,
        ("GET", "/compliance/{person_id}"): compliance.show,
        ("GET", "/week/{day}/activity"): week.show_activity,
        ("POST", "/week/{day}/activity"): week.log_activity,
        ("GET", "/week/{day}/copy"): copy_day.ask,
        ("POST", "/week/{day}/copy"): copy_day.copy,
        ("GET", "/activity/{stream_id}"): activity.show,
        ("POST", "/activity/{stream_id}"): activity.correct,
        ("GET", "/activity/{stream_id}/delete"): activity_delete.ask,
        ("POST", "/activity/{stream_id}/delete"): activity_delete.delete,
        ("GET", "/setup"): setup.show,
        ("GET", "/setup/enrolment"): enrolment.show,
        ("POST", "/setup/enrolment"): enrolment.state,
        ("GET", "/setup/settings/new"): setting.show,
        ("POST", "/setup/settings/new"): setting.state,
        ("GET", "/setup/settings/{stream_id}"): setting.show,
        ("POST", "/setup/settings/{stream_id}"): setting.state,
        ("GET", "/setup/supervisions/new"): supervision.show,
        ("POST", "/setup/supervisions/new"): supervision.state,
        ("GET", "/setup/supervisions/{stream_id}"): supervision.show,
        ("POST", "/setup/supervisions/{stream_id}"): supervision.state,
        ("GET", "/progress"): progress.show,
        ("GET", "/weeks"): weeks.show,
        ("GET", "/weeks/print"): log_print.show,
        ("GET", "/weeks/{day}"): weekly_log.show,
        ("POST", "/weeks/{day}/submit"): weekly_log.submit,
        ("POST", "/weeks/{day}/take-back"): weekly_log.take_back,
        ("GET", "/trail"): trail.show,
        ("GET", "/replay"): replay.show,
        ("GET", "/access"): access.show,
        ("GET", "/emergency"): emergency.show,
        ("POST", "/emergency/ask"): emergency.ask,
        ("POST", "/emergency/approve"): emergency.approve,
        ("POST", "/emergency/decline"): emergency.decline,
        ("POST", "/emergency/begin"): emergency.begin,
        ("POST", "/emergency/end"): emergency.end,
        ("GET", "/emergency/{stream_id}/week/{day}"): emergency_records.week,
        ("GET", "/emergency/{stream_id}/session/{session_id}"): emergency_records.session,
        ("GET", "/holds"): holds.show,
        ("POST", "/holds/place"): holds.place,
        ("POST", "/holds/lift"): holds.lift,
        ("GET", "/sign-in"): sign_in.show,
        ("POST", "/sign-in"): sign_in.redeem,
        ("POST", "/sign-in/link"): sign_in.ask,
        ("POST", "/sign-in/challenge"): sign_in.challenge,
        ("POST", "/sign-in/passkey"): sign_in.with_passkey,
        ("POST", "/sign-out"): sign_in.leave,
        ("POST", "/passkeys/challenge"): passkeys.challenge,
        ("GET", "/passkeys/new"): passkeys.show,
        ("POST", "/passkeys/new"): passkeys.register,
        ("GET", "/step-up"): step_up.show,
        ("POST", "/step-up/challenge"): step_up.challenge,
        ("POST", "/step-up"): step_up.check,
        ("GET", "/account"): account.show,
        ("POST", "/account/revoke-session"): account.revoke_session,
        ("POST", "/account/revoke-others"): account.revoke_others,
        ("POST", "/account/revoke-passkey"): account.revoke_passkey,
        ("POST", "/account/recovery-codes"): account.new_codes,
        ("POST", "/account/stop-recovery"): account.stop_recovery,
        ("GET", "/account/tokens"): tokens.show,
        ("POST", "/account/tokens"): tokens.create,
        ("POST", "/account/tokens/revoke"): tokens.revoke,
        ("GET", "/practices"): practices.show,
        ("POST", "/practices"): practices.enter,
        ("POST", "/practices/accept"): practices.accept,
        ("GET", "/recover"): recover.show,
        ("POST", "/recover"): recover.with_code,
        ("POST", "/recover/ask"): recover.ask,
        ("POST", "/recover/use"): recover.take,
        ("GET", "/members"): members.show,
        ("POST", "/members/invite"): members.invite,
        ("POST", "/members/role"): members.change_role,
        ("POST", "/members/remove"): members.remove,
        ("POST", "/members/recovery"): members.approve_recovery,
        ("GET", "/audit/p/{slot:int}/{path:path}"): audit.of_practice_log,
        ("GET", "/audit/{path:path}"): audit.of_root_log,
        ("GET", "/healthz"): health.show,
        ("GET", "/readyz"): health.ready,
        ("GET", security_txt.ADDRESS): security_txt.show,
        ("GET", "/static/{fingerprint}/{name}"): assets.serve,
    }
)
ALL_ROWS: Final[tuple[Row, ...]] = (*ROWS, *API_ROWS)
ALL_HANDLERS: Final[Mapping[tuple[str, str], Endpoint]] = MappingProxyType(
    {**HANDLERS, **API_HANDLERS}
)
_METHODS: Final = {
    path: sorted({each.method for each in ALL_ROWS if each.path == path})
    for path in {each.path for each in ALL_ROWS}
}


class _Route(Route):
    """Names every method of its address when another one is sent (RFC 9110 section 15.5.6)."""

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.methods and scope["method"] not in self.methods:
            allowed = {"Allow": ", ".join(_METHODS[self.path])}
            raise HTTPException(status_code=405, headers=allowed)
        await super().handle(scope, receive, send)


# In the order of the table: the first that matches answers.
ROUTES: Final = tuple(
    _Route(row.path, guarded(row, ALL_HANDLERS[row.method, row.path]), methods=[row.method])
    for row in ALL_ROWS
)
