"""Signatures: the first tests of RFC 8032, 7.1, and what must not pass."""

from __future__ import annotations

import pytest

from rt0.mod.ed25519 import verify

# key, message, signature
VECTORS = [
    ("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"),
    ("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"),
    ("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
     "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"),
]  # fmt: skip


@pytest.mark.parametrize("key, message, signature", VECTORS)
def test_vectors(key: str, message: str, signature: str) -> None:
    k, m, s = bytes.fromhex(key), bytes.fromhex(message), bytes.fromhex(signature)
    assert verify(k, m, s)
    assert not verify(k, m + b"x", s)
    assert not verify(k, m, s[:-1] + bytes([s[-1] ^ 1]))
    assert not verify(k, m, bytes([s[0] ^ 1]) + s[1:])
    assert not verify(k[:-1], m, s)
    high = int.from_bytes(s[32:], "little") + (1 << 252) + 27742317777372353535851937790883648493
    assert not verify(k, m, s[:32] + high.to_bytes(32, "little"))  # the same number modulo the order
