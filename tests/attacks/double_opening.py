"""One AES-GCM ciphertext that two keys open, each to a text of its own: GCM commits to no key."""

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 16
ONE = 1 << 127  # GCM writes the lowest power first (NIST SP 800-38D section 6.3)
REDUCTION = 0xE1 << 120


def times(left: int, right: int) -> int:
    """The product of two elements of GF(2^128), as GCM writes them."""
    product = 0
    for bit in range(127, -1, -1):
        if left >> bit & 1:
            product ^= right
        right = right >> 1 ^ (REDUCTION if right & 1 else 0)
    return product


def power(base: int, exponent: int) -> int:
    """The element multiplied with itself so often."""
    result = ONE
    while exponent:
        if exponent & 1:
            result = times(result, base)
        base, exponent = times(base, base), exponent >> 1
    return result


def aes(key: bytes, block: bytes) -> int:
    """One block under AES, as an element."""
    encryptor = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305 -- GCM's own building block
    return int.from_bytes(encryptor.update(block), "big")


def blocks(raw: bytes) -> list[int]:
    """Whole blocks, the last one filled with zeros."""
    return [
        int.from_bytes(raw[at : at + BLOCK].ljust(BLOCK, b"\0"), "big")
        for at in range(0, len(raw), BLOCK)
    ]


def tag(key: bytes, nonce: bytes, associated: bytes, ciphertext: bytes) -> int:
    """GCM's tag (NIST SP 800-38D section 7.1)."""
    subkey, hashed = aes(key, bytes(BLOCK)), 0
    lengths = (8 * len(associated)).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    for block in [*blocks(associated), *blocks(ciphertext), *blocks(lengths)]:
        hashed = times(hashed ^ block, subkey)
    return hashed ^ aes(key, nonce + b"\0\0\0\1")


def opened_by_both(keys: tuple[bytes, bytes], nonce: bytes, associated: bytes) -> bytes:
    """A ciphertext with its tag that authenticates under both keys.

    A block counts in each tag as itself times a power of that key's subkey: its last block is
    solved for where both tags are the same.
    """
    first = bytes(BLOCK)
    differs = 0
    for key in keys:
        differs ^= tag(key, nonce, associated, first + bytes(BLOCK))
    # The last block of the ciphertext stands before that of the lengths: the second power.
    factor = power(aes(keys[0], bytes(BLOCK)), 2) ^ power(aes(keys[1], bytes(BLOCK)), 2)
    solved = times(differs, power(factor, (1 << 128) - 2))
    ciphertext = first + solved.to_bytes(BLOCK, "big")
    return ciphertext + tag(keys[0], nonce, associated, ciphertext).to_bytes(BLOCK, "big")
