"""Every address of the front, made of its row in the table and of what answers it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from starlette.routing import Route

from web import assets
from web.access import ROWS
from web.guard import Endpoint, guarded
from web.pages import (
    access,
    account,
    audit,
    delete,
    emergency,
    emergency_records,
    health,
    holds,
    members,
    passkeys,
    practices,
    recover,
    replay,
    security_txt,
    session,
    sign,
    sign_in,
    step_up,
    supervise,
    supervisee,
    trail,
    week,
)

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
# In the order of the table: the first that matches answers.
ROUTES: Final = tuple(
    Route(row.path, guarded(row, HANDLERS[row.method, row.path]), methods=[row.method])
    for row in ROWS
)
