"""What fsck finds: the name of a difference and the place where it is, never any content."""

from enum import StrEnum


class Name(StrEnum):
    """Every difference fsck can tell; docs/errors.md has a line for each."""

    LEAF_MALFORMED = "leaf-malformed"
    COLUMNS_DIFFER = "columns-differ"
    POSITION_GAP = "position-gap"
    VERSION_GAP = "version-gap"
    CHAIN_BROKEN = "chain-broken"
    TIME_BACKWARDS = "time-backwards"
    BODY_DIFFERS = "body-differs"
    KEY_CHANGED = "key-changed"
    KEY_UNKNOWN = "key-unknown"
    TYPE_UNKNOWN = "type-unknown"
    GATE_PASSED = "gate-passed"
    GATE_DIFFERS = "gate-differs"
    COMMAND_DIFFERS = "command-differs"
    HEAD_DIFFERS = "head-differs"
    SLOT_GAP = "slot-gap"
    TREE_DIFFERS = "tree-differs"
    TILE_DIFFERS = "tile-differs"
    EDGE_DIFFERS = "edge-differs"
    LOG_UNKNOWN = "log-unknown"
    EPOCH_DIFFERS = "epoch-differs"
    SLOT_DIFFERS = "slot-differs"
    CHECKPOINT_DIFFERS = "checkpoint-differs"
    SIGNATURE_DIFFERS = "signature-differs"
    SIGNATURE_MISSING = "signature-missing"
    TIMESTAMP_DIFFERS = "timestamp-differs"
    CHECKPOINT_MISSING = "checkpoint-missing"
    SIGNER_AHEAD = "signer-ahead"


class Difference(Exception):
    """The first difference found: what is stored is not what was written."""

    def __init__(self, name: Name, place: str) -> None:
        super().__init__(f"{name.value}: {place}")
        self.name = name
        self.place = place
