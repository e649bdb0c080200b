"""Signing in with a code and perhaps a password, and out again."""

import os
import re
from hashlib import sha256

from telethon import password
from telethon.tl import TLObject, types

from practice.telegram.answers.caller import Caller
from practice.telegram.cipher import DH_G, DH_PRIME
from practice.telegram.faults import Refused

_ALGORITHM = types.PasswordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow(
    b"practice-salt-1", b"practice-salt-2", DH_G, DH_PRIME
)
_PRIME = int.from_bytes(DH_PRIME, "big")
_G = DH_G.to_bytes(256, "big")


def send_code(caller: Caller, request: TLObject) -> types.auth.SentCode:
    """Promise a code, which is the world's own."""
    if not re.fullmatch(r"\d{7,15}", request.phone_number.lstrip("+")):
        raise Refused("PHONE_NUMBER_INVALID")
    if caller.world.login.get("banned"):
        raise Refused("PHONE_NUMBER_BANNED")
    if not request.api_hash:
        raise Refused("API_ID_INVALID")
    caller.key.code_hash = os.urandom(9).hex()
    kind = types.auth.SentCodeTypeApp(len(caller.world.login["code"]))
    return types.auth.SentCode(kind, caller.key.code_hash)


def sign_in(caller: Caller, request: TLObject) -> types.auth.Authorization:
    """Check the code; a password may be asked for next."""
    login = caller.world.login
    if not request.phone_code:
        raise Refused("PHONE_CODE_EMPTY")
    if request.phone_code_hash != caller.key.code_hash:
        raise Refused("PHONE_CODE_EXPIRED")
    if request.phone_code != login["code"]:
        raise Refused("PHONE_CODE_INVALID")
    if request.phone_number.lstrip("+") != login["phone"].lstrip("+"):
        return types.auth.AuthorizationSignUpRequired()
    if login.get("password"):
        raise Refused("SESSION_PASSWORD_NEEDED")
    return _let_in(caller)


def get_password(caller: Caller, _: TLObject) -> types.account.Password:
    """The first half of proving a password without sending it."""
    known = caller.world.login.get("password")
    asked = {}
    if known:
        verifier = pow(DH_G, int.from_bytes(password.compute_hash(_ALGORITHM, known), "big"), _PRIME)
        factor = int.from_bytes(_hash(DH_PRIME, _G), "big")
        secret = int.from_bytes(os.urandom(256), "big")
        public = (factor * verifier + pow(DH_G, secret, _PRIME)) % _PRIME
        caller.key.password_check = (secret, public, verifier)
        hint = caller.world.login.get("hint")
        asked = {"current_algo": _ALGORITHM, "srp_B": public.to_bytes(256, "big"), "srp_id": 7, "hint": hint}
    return types.account.Password(
        new_algo=_ALGORITHM,
        new_secure_algo=types.SecurePasswordKdfAlgoUnknown(),
        secure_random=os.urandom(16),
        has_password=bool(known) or None,
        **asked,
    )


def check_password(caller: Caller, request: TLObject) -> types.auth.Authorization:
    """The other half."""
    proof, check = request.password, caller.key.password_check
    if check is None or not isinstance(proof, types.InputCheckPasswordSRP):
        raise Refused("SRP_ID_INVALID")
    secret, public, verifier = check
    theirs, ours = proof.A.rjust(256, b"\0"), public.to_bytes(256, "big")
    scramble = int.from_bytes(_hash(theirs, ours), "big")
    shared = pow(int.from_bytes(theirs, "big") * pow(verifier, scramble, _PRIME) % _PRIME, secret, _PRIME)
    both = bytes(left ^ right for left, right in zip(_hash(DH_PRIME), _hash(_G), strict=True))
    salts = (_hash(_ALGORITHM.salt1), _hash(_ALGORITHM.salt2))
    if proof.M1 != _hash(both, *salts, theirs, ours, _hash(shared.to_bytes(256, "big"))):
        raise Refused("PASSWORD_HASH_INVALID")
    return _let_in(caller)


def log_out(caller: Caller, _: TLObject) -> types.auth.LoggedOut:
    """Forget who has the key."""
    caller.key.user_id = None
    return types.auth.LoggedOut()


def _let_in(caller: Caller) -> types.auth.Authorization:
    caller.key.user_id = caller.world.me.id
    return types.auth.Authorization(caller.world.draw_user(caller.world.me.id))


def _hash(*parts: bytes) -> bytes:
    return sha256(b"".join(parts)).digest()
