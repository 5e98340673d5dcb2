"""Which sealed events an auditor of the Board may read: no client's, ever."""

from typing import Final

from aggregates.membership import MemberInvited, MemberLeft, MemberRoleChanged
from aggregates.practice import BaaSigned, MemberJoined, PracticeNamed

DISCLOSABLE: Final = frozenset(
    str(kind.__struct_config__.tag)
    for kind in (
        PracticeNamed,
        MemberJoined,
        MemberInvited,
        MemberRoleChanged,
        MemberLeft,
        BaaSigned,
    )
)


def is_disclosable(types: frozenset[str]) -> bool:
    """Tell whether a stream may be opened that holds sealed events of these types.

    A key opens its whole stream, so one event that may not be read keeps all of it closed.
    """
    return bool(types) and types <= DISCLOSABLE
