"""Which sealed events an auditor of the Board may read: no client's, ever."""

from typing import Final

from aggregates.hours.enrolment import EnrolmentStated
from aggregates.hours.setting import SettingStated
from aggregates.hours.supervision import SigningRefused, SupervisionStated
from aggregates.hours.week_row import WeekAmended, WeekReturned, WeekSigned, WeekSubmitted
from aggregates.membership import MemberInvited, MemberLeft, MemberRoleChanged
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed

# Not: sessions, which are a client's; activities, whose title and remark are free text; sign-ins
# and looks, which tell where people are and what they do. A key opens a whole stream, so one event
# that is not here keeps its stream closed: a row is either all of the Board's or none of it, with
# the remark of whoever returned it, and the address it was signed from.
DISCLOSABLE: Final = frozenset(
    str(kind.__struct_config__.tag)
    for kind in (
        PracticeNamed,
        MemberJoined,
        MemberInvited,
        MemberRoleChanged,
        MemberLeft,
        BaaSigned,
        EnrolmentStated,
        SettingStated,
        SupervisionStated,
        SigningRefused,
        WeekSubmitted,
        WeekReturned,
        WeekSigned,
        WeekAmended,
    )
)
