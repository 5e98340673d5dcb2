"""Facts about checkpoints: the specification's example, and that there is one form only."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import checkpoint
from ledger.checkpoint import Checkpoint
from ledger.errors import Malformed
from ledger.merkle import EMPTY_ROOT, SIZE_MAX
from ledger.note import SigningKey, sign, verify
from ledger.note import decode as decode_note

# The example of C2SP tlog-checkpoint.
ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="
EXAMPLE = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
LINES = st.text(st.characters(codec="utf-8", min_codepoint=0x20), min_size=1, max_size=40)


def test_the_example_of_the_specification_is_read() -> None:
    read = checkpoint.decode(EXAMPLE)
    assert (read.origin, read.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert read.root.hex().startswith("0ac5186a91863e8e")
    assert read.encode() == EXAMPLE


@given(
    LINES,
    st.integers(0, SIZE_MAX),
    st.binary(min_size=32, max_size=32),
    st.lists(LINES, max_size=checkpoint.EXTENSIONS_MAX),
)
def test_a_checkpoint_is_read_back_as_it_was_written(
    origin: str, size: int, root: bytes, extensions: list[str]
) -> None:
    written = Checkpoint(origin, size, root, tuple(extensions))
    assert checkpoint.decode(written.encode()) == written


@given(st.text(max_size=100) | st.text("0123456789\nA+/= ", max_size=100))
def test_any_text_is_a_checkpoint_that_encodes_to_it_or_malformed(text: str) -> None:
    try:
        read = checkpoint.decode(text)
    except Malformed:
        return
    assert read.encode() == text


@given(st.integers(0, len(EXAMPLE) - 1), st.characters())
def test_a_changed_character_gives_another_checkpoint_or_malformed(
    place: int, character: str
) -> None:
    changed = EXAMPLE[:place] + character + EXAMPLE[place + 1 :]
    if changed != EXAMPLE:
        try:
            assert checkpoint.decode(changed) != checkpoint.decode(EXAMPLE)
        except Malformed:
            return


@pytest.mark.parametrize(
    "size",
    [
        "01",
        "00",
        "-1",
        "-0",
        "+7",
        " 7",
        "7 ",
        "7_0",
        "0x7",
        "7.0",
        "",
        "\u0667",
        str(SIZE_MAX + 1),
    ],
)
def test_a_size_in_any_other_form_is_malformed(size: str) -> None:
    with pytest.raises(Malformed, match=r"^not a checkpoint$"):
        checkpoint.decode(f"example.com/log\n{size}\n{ROOT}\n")


@pytest.mark.parametrize(
    "root",
    [
        "",
        ROOT[:-1],
        ROOT + "=",
        ROOT + " ",
        ROOT.replace("2I=", "2J="),
        ROOT.replace("/", "_"),
        "AAAA" + ROOT,
        ROOT[4:],
        ROOT[:20] + "\r" + ROOT[20:],
    ],
)
def test_a_root_in_any_other_form_is_malformed(root: str) -> None:
    with pytest.raises(Malformed, match=r"^not a checkpoint$"):
        checkpoint.decode(f"example.com/log\n7\n{root}\n")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        EXAMPLE[:-1],
        EXAMPLE + "\n",
        EXAMPLE + "extension",
        EXAMPLE + "extension\n\n",
        EXAMPLE + "exten\x00sion\n",
        EXAMPLE + "exten\ud800sion\n",
        "\n" + EXAMPLE,
        "\n".join(EXAMPLE.split("\n")[1:]),
        EXAMPLE.replace("example", "\x1f"),
        EXAMPLE.replace("\n", "\r\n"),
        EXAMPLE + "line\n" * (checkpoint.EXTENSIONS_MAX + 1),
        EXAMPLE + "x" * checkpoint.TEXT_LENGTH_MAX + "\n",
        f"log\n{'9' * 5000}\n{ROOT}\n",
    ],
)
def test_anything_but_the_one_form_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match=r"^not a checkpoint$"):
        checkpoint.decode(text)


def test_what_would_not_be_read_back_cannot_be_made() -> None:
    for origin, size, root, extensions in (
        ("", 0, EMPTY_ROOT, ()),
        ("a\nb", 0, EMPTY_ROOT, ()),
        ("a", -1, EMPTY_ROOT, ()),
        ("a", SIZE_MAX + 1, EMPTY_ROOT, ()),
        ("a", 0, EMPTY_ROOT[1:], ()),
        ("a", 0, EMPTY_ROOT, ("",)),
        ("a", 0, EMPTY_ROOT, ("b\nc",)),
    ):
        with pytest.raises(Malformed):
            Checkpoint(origin, size, root, extensions)


def test_a_checkpoint_is_the_text_of_a_signed_note() -> None:
    key = SigningKey("example.com/log", bytes(32))
    written = Checkpoint("example.com/log", 0, EMPTY_ROOT)
    read = decode_note(sign(written.encode(), key).encode())
    verify(read, [key.verifier_key])
    assert checkpoint.decode(read.text) == written


@pytest.mark.parametrize(
    "origin", ["", "a b", "a+b", "a\nb", "\u00e9", "a" * 256, "a\x00", "a\x7f"]
)
def test_our_own_logs_have_origins_that_can_name_a_key(origin: str) -> None:
    assert not checkpoint.is_origin(origin)
    assert checkpoint.is_origin("ledger.example/p/7")
