"""A deletion has a reason, and a remark if the therapist likes."""

import pytest

from aggregates.deletion import Deletion, DeletionReason, read_deletion
from aggregates.private import Private
from aggregates.refusal import FieldsRefused


def test_a_reason_is_enough() -> None:
    """An empty remark is none."""
    expected = Deletion(reason=DeletionReason.ENTERED_TWICE, remark=None)
    assert read_deletion({"reason": "entered-twice"}) == expected
    assert read_deletion({"reason": "entered-twice", "remark": "  "}) == expected


def test_a_remark_is_private() -> None:
    """It may say anything, so it shows nowhere."""
    deletion = read_deletion({"reason": "other", "remark": " moved to Tuesday "})
    assert deletion.remark == Private("moved to Tuesday")
    assert "Tuesday" not in repr(deletion)


def test_both_fields_are_refused_at_once() -> None:
    """Each beside itself."""
    with pytest.raises(FieldsRefused) as refused:
        read_deletion({"reason": "", "remark": "x" * 201})
    assert [(error.field, error.code.value) for error in refused.value.errors] == [
        ("reason", "reason-unknown"),
        ("remark", "remark-too-long"),
    ]


def test_a_remark_is_one_line() -> None:
    """Without anything invisible."""
    with pytest.raises(FieldsRefused, match="remark-hidden-characters"):
        read_deletion({"reason": "other", "remark": "a\u200bb"})
