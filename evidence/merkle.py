"""The Merkle tree of RFC 6962, section 2.1: roots as entries come, and proofs.

A tree is known by the hashes of its leaves, in order. Its *peaks* are the roots of the perfect
subtrees that it is made of, largest first: all that is needed to go on. Proofs are checked by what goes with
each package, ``evidence/verifier/proofs.py``.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
HASH_BYTES = 32

Node = tuple[int, int]
"""A perfect subtree: its level (0 is a leaf) and its place among those of its level."""


def leaf_hash(content: bytes) -> bytes:
    """Of an entry's exact bytes."""
    return sha256(b"\x00" + content).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def add_leaf(peaks: list[bytes], size: int, leaf: bytes) -> None:
    """Let a tree of ``size`` leaves grow by one; ``peaks`` changes in place."""
    while size & 1:
        leaf = sha256(b"\x01" + peaks.pop() + leaf).digest()
        size >>= 1
    peaks.append(leaf)


def root_of(peaks: Sequence[bytes]) -> bytes:
    """The root of the tree that has these peaks."""
    if not peaks:
        return EMPTY_ROOT
    *rest, root = peaks
    for peak in reversed(rest):
        root = node_hash(peak, root)
    return root


def tree_root(leaves: Iterable[bytes]) -> bytes:
    """The root over hashes of leaves."""
    peaks: list[bytes] = []
    for size, leaf in enumerate(leaves):
        add_leaf(peaks, size, leaf)
    return root_of(peaks)


Span = tuple[int, int]
"""Leaves from the first up to, not including, the second."""


def inclusion_spans(index: int, size: int) -> list[Span]:
    """Whose roots make up the inclusion proof of a leaf, lowest first (RFC 6962, 2.1.1)."""
    spans, low, high = [], 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low = middle
    return spans[::-1]


def consistency_spans(old_size: int, size: int) -> list[Span]:
    """Whose roots make up the proof that a tree grew out of a smaller one (RFC 6962, 2.1.2)."""
    if not 0 < old_size < size:
        return []
    spans, low, high, is_whole = [], 0, size, True
    while old_size != high:
        middle = low + _split(high - low)
        if old_size <= middle:
            spans.append((middle, high))
            high = middle
        else:
            spans.append((low, middle))
            low, is_whole = middle, False
    return ([] if is_whole else [(low, high)]) + spans[::-1]


def _split(width: int) -> int:
    """The largest power of two below ``width``."""
    return 1 << (width - 1).bit_length() - 1


def span_roots(leaves: Iterable[bytes], spans: Iterable[Span]) -> dict[Span, bytes]:
    """Roots of many spans in one pass over all leaves, remembering only what they need.

    Args:
        leaves: hashes of all leaves, in order; read until the last span is whole.
        spans: as the two functions above give them: each begins where its largest subtree may begin.
    """
    made = {span: list(_subtrees(*span)) for span in spans}
    wanted = {node for nodes in made.values() for node in nodes}
    end = max((high for _, high in made), default=0)
    found: dict[Node, bytes] = {}
    peaks: list[bytes] = []
    for index, leaf in zip(range(end), leaves, strict=False):
        level, place = 0, index
        if (level, place) in wanted:
            found[level, place] = leaf
        while place & 1:
            leaf, level, place = node_hash(peaks.pop(), leaf), level + 1, place >> 1
            if (level, place) in wanted:
                found[level, place] = leaf
        peaks.append(leaf)
    return {span: root_of([found[node] for node in nodes]) for span, nodes in made.items()}


def _subtrees(low: int, high: int) -> Iterator[Node]:
    """The perfect subtrees of a span, largest first."""
    while low < high:
        level = (high - low).bit_length() - 1
        yield level, low >> level
        low += 1 << level


def prove_inclusion(leaves: Sequence[bytes], index: int) -> tuple[bytes, ...]:
    """The audit path of one leaf."""
    spans = inclusion_spans(index, len(leaves))
    roots = span_roots(leaves, spans)
    return tuple(roots[span] for span in spans)


def prove_consistency(leaves: Sequence[bytes], old_size: int) -> tuple[bytes, ...]:
    """That the tree grew out of its first ``old_size`` leaves."""
    spans = consistency_spans(old_size, len(leaves))
    roots = span_roots(leaves, spans)
    return tuple(roots[span] for span in spans)
