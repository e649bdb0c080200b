"""Encryption at rest: what was sealed opens unchanged, or not at all."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.cipher import KEY_BYTES, Cipher, Sealed, fingerprint, load_cipher, load_master_key
from evidence.errors import ConfigError, StorageError

MASTER, OTHER = bytes(range(32)), bytes(32)
CIPHER = Cipher(MASTER)
BROKEN = "the text of post-1 does not open: it was changed, or the master key is another one"


@given(st.binary(max_size=2_000), st.text(max_size=40))
def test_sealed_text_opens_again(plain: bytes, about: str) -> None:
    """Any bytes about anything come back, and never look the same twice."""
    sealed = CIPHER.seal(plain, about)
    assert plain == CIPHER.open(sealed, about) == Cipher(MASTER).open(sealed, about)
    assert sealed != CIPHER.seal(plain, about)
    assert (44, 1 + 12 + len(plain) + 16) == (len(sealed.key), len(sealed.text))


def changed(whole: bytes, at: int, by: int) -> bytes:
    """One byte of it changed."""
    return whole[:at] + bytes([whole[at] ^ by]) + whole[at + 1 :]


@given(plain=st.binary(max_size=100), at=st.integers(0), by=st.integers(1, 255), part=st.sampled_from(["key", "text"]))
def test_any_changed_byte_is_noticed(plain: bytes, at: int, by: int, part: str) -> None:
    """Version, nonce, text, tag and wrapped key are all guarded."""
    sealed = CIPHER.seal(plain, "post-1")
    whole: bytes = getattr(sealed, part)
    broken = replace(sealed, **{part: changed(whole, at % len(whole), by)})
    with pytest.raises(StorageError, match=f"^{BROKEN}$"):
        CIPHER.open(broken, "post-1")


@given(st.integers(0, 60), st.sampled_from(["key", "text"]))
def test_any_cut_is_noticed(end: int, part: str) -> None:
    """What is shorter than it was does not open, down to nothing."""
    sealed = CIPHER.seal(b"x" * 60, "post-1")
    whole: bytes = getattr(sealed, part)
    with pytest.raises(StorageError, match=f"^{BROKEN}$"):
        CIPHER.open(replace(sealed, **{part: whole[: min(end, len(whole) - 1)]}), "post-1")


def test_text_of_another_document_does_not_open() -> None:
    """A sealed text belongs to what it is about; its key does not open another one."""
    first, second = CIPHER.seal(b"one", "post-1"), CIPHER.seal(b"two", "post-1")
    with pytest.raises(StorageError, match="the text of post-2 does not open"):
        CIPHER.open(first, "post-2")
    with pytest.raises(StorageError, match=BROKEN):
        CIPHER.open(Sealed(key=second.key, text=first.text), "post-1")


def test_another_master_key_does_not_open() -> None:
    """The message says so without saying anything of the keys."""
    with pytest.raises(StorageError, match=f"^{BROKEN}$"):
        Cipher(OTHER).open(CIPHER.seal(b"one", "post-1"), "post-1")


def test_both_master_keys_open_while_they_are_changed() -> None:
    """Only the one in force wraps; what the other one wrapped is wrapped anew without touching the text."""
    changing = Cipher(OTHER, others=[MASTER])
    sealed = CIPHER.seal(b"one", "post-1")
    assert b"one" == changing.open(sealed, "post-1")
    fresh = changing.rewrap(sealed.key)
    assert fresh
    assert (False, True, True) == tuple(changing.wraps(key) for key in (sealed.key, fresh, changing.seal(b"", "").key))
    assert b"one" == Cipher(OTHER).open(replace(sealed, key=fresh), "post-1")
    assert Cipher(OTHER).rewrap(sealed.key) is None


def test_keys_of_the_first_stores_open() -> None:
    """They do not say which master key wrapped them."""
    sealed = CIPHER.seal(b"one", "post-1")
    first = replace(sealed, key=sealed.key[4:])
    assert b"one" == CIPHER.open(first, "post-1") == Cipher(OTHER, others=[MASTER]).open(first, "post-1")
    assert (40, False) == (len(first.key), CIPHER.wraps(first.key))


def test_the_root_outlives_the_master_key() -> None:
    """Keys of purposes come from it; a store of the first ones has its master key for a root."""
    store = CIPHER.rooted(bytes(range(32, 64)))
    wrapped = store.wrapped_root()
    (root,) = Cipher(OTHER, others=[MASTER]).roots([wrapped])
    changed = Cipher(OTHER).rooted(root)
    assert (
        store.purpose_key("fingerprints") == changed.purpose_key("fingerprints") != CIPHER.purpose_key("fingerprints")
    )
    assert ((), (MASTER,)) == (Cipher(OTHER).roots([wrapped]), CIPHER.roots([]))


def test_a_key_that_must_be_there_is_not_made(tmp_path: Path) -> None:
    """Where texts wait for the right one, another one would only mislead."""
    with pytest.raises(ConfigError, match="put your copy of the master key back first"):
        load_cipher(tmp_path / "master.key", is_new=False)
    assert not (tmp_path / "master.key").exists()


def test_purpose_keys_differ() -> None:
    """Each use has a key of its own, the same each time and none of them the master key."""
    keys = [CIPHER.purpose_key(purpose) for purpose in ("fingerprints", "wrap data keys", "other")]
    assert len({*keys, MASTER}) == 4
    assert {KEY_BYTES} == {len(key) for key in keys}
    assert keys[0] == Cipher(MASTER).purpose_key("fingerprints") != Cipher(OTHER).purpose_key("fingerprints")


@given(st.text(), st.text())
def test_fingerprints_tell_texts_apart(one: str, two: str) -> None:
    """8 bytes, equal for equal texts only, and other ones under another key."""
    assert len(fingerprint(MASTER, one)) == 8
    assert (one == two) == (fingerprint(MASTER, one) == fingerprint(MASTER, two))
    assert fingerprint(MASTER, one) != fingerprint(OTHER, one)


def test_half_of_a_pair_has_a_fingerprint_too() -> None:
    """Broken text of a page, such as one half of an emoji, raises nothing."""
    assert len(fingerprint(MASTER, "\ud83d")) == 8


# ------------------------------------------------------------------ the key file


def test_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    """The first run makes it with mode 0600, later ones read it."""
    path = tmp_path / "master.key"
    key = load_master_key(path)
    assert KEY_BYTES == len(key)
    assert key == load_master_key(path) == path.read_bytes()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert key != load_master_key(tmp_path / "other.key")


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660, 0o666, 0o620])
def test_key_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    """The message names the file and the command that mends it."""
    path = tmp_path / "master.key"
    load_master_key(path)
    path.chmod(mode)
    with pytest.raises(ConfigError) as caught:
        load_master_key(path)
    assert str(caught.value) == f"HAECHI_KEY_FILE: others may read {path}; expected mode 0600 (chmod 600 {path})"


@pytest.mark.parametrize("length", [0, 1, 31, 33, 64])
def test_key_of_another_length_is_refused(tmp_path: Path, length: int) -> None:
    """A file that is no key of ours is not used, and not overwritten."""
    path = tmp_path / "master.key"
    path.write_bytes(bytes(length))
    path.chmod(0o600)
    with pytest.raises(ConfigError) as caught:
        load_master_key(path)
    assert str(caught.value) == f"HAECHI_KEY_FILE: {path} has {length} bytes; expected a key of 32"
    assert length == path.stat().st_size


def test_key_that_cannot_be_written_or_read_is_refused(tmp_path: Path) -> None:
    """A missing folder and a folder in its place are named."""
    with pytest.raises(ConfigError, match=r"^HAECHI_KEY_FILE: cannot write .*nowhere/key: No such file or directory$"):
        load_master_key(tmp_path / "nowhere" / "key")
    folder = tmp_path / "folder"
    folder.mkdir(mode=0o700)
    with pytest.raises(ConfigError, match=r"^HAECHI_KEY_FILE: cannot read .*folder: Is a directory$"):
        load_master_key(folder)
