"""The verifier's own hashes, proofs and signatures agree with the libraries, and with published vectors."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence import merkle
from evidence.keys import SigningKey, is_signed_by
from evidence.verifier import proofs
from evidence.verifier.signatures import is_signed_by_built_in

VECTORS = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]  # fmt: skip
"""Secret, public, message, signature: RFC 8032, 7.1, tests 1 to 3."""


@pytest.mark.parametrize(("secret", "public", "content", "signature"), VECTORS)
def test_the_vectors_of_rfc_8032(secret: str, public: str, content: str, signature: str) -> None:
    """They hold, and do not with one bit changed anywhere."""
    key, said, signed = bytes.fromhex(public), bytes.fromhex(content), bytes.fromhex(signature)
    assert bytes.fromhex(public) == SigningKey(secret=bytes.fromhex(secret)).public
    assert is_signed_by_built_in(key, signed, said)
    assert not is_signed_by_built_in(key, signed, said + b"x")
    for at in (0, 20, 31, 32, 50, 63):
        changed = bytearray(signed)
        changed[at] ^= 1
        assert not is_signed_by_built_in(key, bytes(changed), said)


@settings(max_examples=10)
@given(secret=st.binary(min_size=32, max_size=32), content=st.binary(max_size=100), picked=st.data())
def test_it_says_what_the_library_says(secret: bytes, content: bytes, picked: st.DataObject) -> None:
    """Of good signatures and of broken ones."""
    key = Ed25519PrivateKey.from_private_bytes(secret)
    public, signature = key.public_key().public_bytes_raw(), bytearray(key.sign(content))
    signature[picked.draw(st.integers(0, 63))] ^= picked.draw(st.integers(0, 255))
    assert is_signed_by(public, bytes(signature), content) == is_signed_by_built_in(public, bytes(signature), content)


def test_signatures_that_are_none() -> None:
    """Of a wrong length, not on the curve, or with a number that is not reduced."""
    key = SigningKey(secret=bytes(32))
    good = key.sign(b"x")
    order = 2**252 + 27742317777372353535851937790883648493
    larger = (int.from_bytes(good[32:], "little") + order).to_bytes(32, "little")
    for public, signature in (
        (key.public, b""),
        (key.public, good[:63]),
        (b"\x02" + bytes(31), good),
        (b"\xff" * 32, good),
        (key.public, good[:32] + larger),
    ):
        assert not is_signed_by_built_in(public, signature, b"x")
        assert not is_signed_by(public, signature, b"x")


def test_proofs_are_checked_as_in_the_log() -> None:
    """Of every tree of up to 17 entries: right ones are taken, those of another place or size are not."""
    leaves = [proofs.leaf_hash(bytes([number])) for number in range(17)]
    assert leaves == [merkle.leaf_hash(bytes([number])) for number in range(17)]
    for size in range(1, 18):
        root = merkle.tree_root(leaves[:size])
        for index in range(size):
            proof = merkle.prove_inclusion(leaves[:size], index)
            assert proofs.is_included(leaves[index], index, size, proof, root)
            assert not proofs.is_included(leaves[index], index + 1, size, proof, root)
        for old in range(1, size + 1):
            steps, before = merkle.prove_consistency(leaves[:size], old), merkle.tree_root(leaves[:old])
            assert proofs.is_consistent(old, size, before, root, steps)
            assert not proofs.is_consistent(old, size, bytes(32), root, steps)
            assert not proofs.is_consistent(old, size, before, root, [*steps, bytes(32)])
