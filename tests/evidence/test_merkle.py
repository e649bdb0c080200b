"""The Merkle tree against the published vectors of RFC 6962, and proofs that no changed byte survives."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.merkle import (
    EMPTY_ROOT,
    add_leaf,
    consistency_spans,
    inclusion_spans,
    leaf_hash,
    prove_consistency,
    prove_inclusion,
    root_of,
    span_roots,
    tree_root,
)
from evidence.verifier.proofs import is_consistent, is_included

CONTENTS = [
    bytes.fromhex(content)
    for content in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
LEAVES = [leaf_hash(content) for content in CONTENTS]
"""Of the test vectors of Certificate Transparency, the log that RFC 6962 was written for."""

ROOTS = """
    6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d
    fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125
    aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77
    d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7
    4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4
    76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef
    ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c
    5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328
""".split()  # noqa: SIM905
A, B, C, D, E, F, G, H = (
    "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
    "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
    "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
)


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS, start=1)))
def test_roots_are_those_of_the_vectors(size: int, root: str) -> None:
    """For each size up to eight."""
    assert root == tree_root(LEAVES[:size]).hex()


def test_an_empty_tree_has_the_root_of_nothing() -> None:
    """SHA-256 of no bytes, as the RFC says."""
    assert EMPTY_ROOT == tree_root([])
    assert EMPTY_ROOT.hex().startswith("e3b0c44298fc1c14")


@pytest.mark.parametrize(
    ("index", "size", "proof"),
    [(0, 1, []), (0, 8, [A, B, C]), (5, 8, [D, E, F]), (2, 3, [ROOTS[1]]), (1, 5, [H, B, D])],
)
def test_inclusion_proofs_are_those_of_the_vectors(index: int, size: int, proof: list[str]) -> None:
    """Step by step."""
    made = prove_inclusion(LEAVES[:size], index)
    assert proof == [step.hex() for step in made]
    assert is_included(LEAVES[index], index, size, made, tree_root(LEAVES[:size]))


@pytest.mark.parametrize(("old", "size", "proof"), [(1, 1, []), (1, 8, [A, B, C]), (6, 8, [G, E, F]), (2, 5, [B, D])])
def test_consistency_proofs_are_those_of_the_vectors(old: int, size: int, proof: list[str]) -> None:
    """Step by step."""
    made = prove_consistency(LEAVES[:size], old)
    assert proof == [step.hex() for step in made]
    assert is_consistent(old, size, tree_root(LEAVES[:old]), tree_root(LEAVES[:size]), made)


def leaves(number: int) -> list[bytes]:
    """Distinct leaves."""
    return [leaf_hash(b"%d" % index) for index in range(number)]


def test_all_proofs_of_all_small_trees_hold() -> None:
    """Every leaf, and every pair of sizes, up to 33 leaves."""
    whole = leaves(33)
    roots = [tree_root(whole[:size]) for size in range(34)]
    for size in range(1, 34):
        for index in range(size):
            assert is_included(whole[index], index, size, prove_inclusion(whole[:size], index), roots[size])
            old = index + 1
            assert is_consistent(old, size, roots[old], roots[size], prove_consistency(whole[:size], old))


def flip(value: bytes, at: int) -> bytes:
    """One bit changed."""
    return bytes(byte ^ (1 << at % 8 if place == at // 8 % len(value) else 0) for place, byte in enumerate(value))


@settings(max_examples=12)
@given(st.data(), st.integers(2, 70))
def test_no_changed_bit_is_included(data: st.DataObject, size: int) -> None:
    """Of the leaf, of the proof, of the root; nor another place or size, nor a proof cut or drawn out."""
    index, bit = data.draw(st.integers(0, size - 1)), data.draw(st.integers(0, 255))
    whole = leaves(size)
    root, proof = tree_root(whole), prove_inclusion(whole, index)
    step = data.draw(st.integers(0, len(proof) - 1))
    changed = (*proof[:step], flip(proof[step], bit), *proof[step + 1 :])
    assert is_included(whole[index], index, size, proof, root)
    for leaf, place, number, steps, top in (
        (flip(whole[index], bit), index, size, proof, root),
        (whole[index], index, size, changed, root),
        (whole[index], index, size, proof, flip(root, bit)),
        (whole[index], index ^ 1, size, proof, root),
        (whole[index], size, size, proof, root),
        (whole[index], index, size, proof[:-1], root),
        (whole[index], index, size, (*proof, proof[-1]), root),
    ):
        assert not is_included(leaf, place, number, steps, top)


@settings(max_examples=12)
@given(st.data(), st.integers(2, 70))
def test_no_changed_bit_is_consistent(data: st.DataObject, size: int) -> None:
    """Of the old root, the new root or the proof; nor another old tree."""
    old, bit = data.draw(st.integers(1, size - 1)), data.draw(st.integers(0, 255))
    whole = leaves(size)
    before, root, proof = tree_root(whole[:old]), tree_root(whole), prove_consistency(whole, old)
    step = data.draw(st.integers(0, len(proof) - 1))
    changed = (*proof[:step], flip(proof[step], bit), *proof[step + 1 :])
    assert is_consistent(old, size, before, root, proof)
    assert not is_consistent(old, size, flip(before, bit), root, proof)
    assert not is_consistent(old, size, before, flip(root, bit), proof)
    assert not is_consistent(old, size, before, root, changed)
    assert not is_consistent(old, size, before, root, proof[:-1])
    assert not is_consistent(old, size, before, root, (*proof, proof[-1]))
    assert not is_consistent(0, size, EMPTY_ROOT, root, proof)


@settings(max_examples=20)
@given(st.integers(0, 300))
def test_peaks_are_all_that_is_needed_to_go_on(size: int) -> None:
    """A tree grown leaf by leaf has the root of the whole."""
    peaks: list[bytes] = []
    for place, leaf in enumerate(leaves(size)):
        add_leaf(peaks, place, leaf)
    assert tree_root(leaves(size)) == root_of(peaks)
    assert size.bit_count() == len(peaks)


def test_many_proofs_come_out_of_one_pass() -> None:
    """Also where the leaves are a stream that goes on longer than needed."""
    whole = leaves(100)
    spans = {span for index in (0, 41, 76) for span in inclusion_spans(index, 77)} | set(consistency_spans(13, 77))
    assert {span: tree_root(whole[span[0] : span[1]]) for span in spans} == span_roots(iter(whole), spans)
