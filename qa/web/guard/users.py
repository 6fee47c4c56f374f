"""Who may log in to the chat page: a file of `user:hash` lines with bcrypt hashes, as `htpasswd -B` writes them.

There is no default account, and no password is ever kept or printed; of one that was right, a keyed digest is
remembered as long as the server runs, so that a program does not pay for a hash with every request.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

import regex

from index.errors import InputError

# bcrypt reads no further than this; what is longer would be cut silently.
_BYTES_MAX = 72
_CHARACTERS_MIN = 8
# A cost, 16 bytes of salt (its last character holds two bits) and 23 of hash, as far as bcrypt can read them.
_HASH = regex.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{21}[.Oeu][./A-Za-z0-9]{31}")
_NAME = regex.compile(r"[^\s:\p{C}#][^\s:\p{C}]*")


class Users:
    """The users of an auth file, their bcrypt hashes by name.

    Asking about one takes the same time whether there is such a user or not, where all hashes have one cost.
    """

    def __init__(self, hashes: dict[str, bytes]) -> None:
        import bcrypt

        self._hashes = hashes
        # A hash of nothing that anybody knows, at the cost of the dearest: an unknown name is checked against it.
        cost = max((int(hashed.split(b"$")[2]) for hashed in hashes.values()), default=12)
        self._nobody = bcrypt.gensalt(cost) + b"." * 31
        self._key = secrets.token_bytes(32)
        self._remembered: dict[str, bytes] = {}

    @classmethod
    def read(cls, path: Path) -> Users:
        """The users of a file, blank lines and those that begin with `#` left out.

        Raises InputError, which repeats neither a password nor a hash.
        """
        hashes: dict[str, bytes] = {}
        for number, line in enumerate(_lines(path), 1):
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            name, _, hashed = line.strip().partition(":")
            mend = f"make the line with `yinzheng user NAME --auth-file {path}`"
            if not _NAME.fullmatch(name) or not hashed:
                raise InputError(f"line {number} of {path} is not user:hash", mend)
            if not _HASH.fullmatch(hashed):
                raise InputError(f"line {number} of {path} has no bcrypt hash after the name", mend)
            if name in hashes:
                raise InputError(f"line {number} of {path} names {name!r} again", "expected each user once")
            hashes[name] = hashed.encode()
        if not hashes:
            raise InputError(f"the auth file {path} names no user", f"run `yinzheng user NAME --auth-file {path}`")
        return cls(hashes)

    def check(self, name: str, password: str) -> bool:
        """Whether this is the password of this user; one of more than 72 bytes is nobody's."""
        import bcrypt

        given = password.encode("utf-8", "surrogatepass")
        right = bcrypt.checkpw(given[:_BYTES_MAX], self._hashes.get(name, self._nobody))
        if right and name in self._hashes and len(given) <= _BYTES_MAX:
            self._remembered[name] = self._digest(given)
            return True
        return False

    def remembers(self, name: str, password: str) -> bool:
        """Whether `check` has found this right already; quick, and False says nothing."""
        known = self._remembered.get(name)
        return known is not None and hmac.compare_digest(known, self._digest(password.encode("utf-8", "surrogatepass")))

    def _digest(self, given: bytes) -> bytes:
        return hashlib.blake2b(given, key=self._key, digest_size=32).digest()


def add(path: Path, name: str, password: str) -> None:
    """Give a user a password: the user's line of the file is written anew, the others stay.

    Raises InputError for a name or a password that will not do, and where the file cannot be written.
    """
    import bcrypt

    if not _NAME.fullmatch(name):
        raise InputError(f"the name {name!r} will not do", "expected one without white space, `:` and leading `#`")
    given = password.encode("utf-8", "surrogatepass")
    if len(password) < _CHARACTERS_MIN or len(given) > _BYTES_MAX:
        raise InputError(
            f"the password has {len(password)} characters, {len(given)} bytes",
            f"expected at least {_CHARACTERS_MIN} characters and at most {_BYTES_MAX} bytes",
        )
    lines = _lines(path) if os.path.lexists(path) else []
    kept = [line for line in lines if line.partition(":")[0].strip() != name]
    kept.append(f"{name}:{bcrypt.hashpw(given, bcrypt.gensalt()).decode()}")
    try:
        handle, fresh = tempfile.mkstemp(dir=path.absolute().parent, prefix=path.name)  # mode 600
        try:
            with open(handle, "w", encoding="utf-8") as file:
                file.write("\n".join(kept) + "\n")
            os.replace(fresh, path)
        finally:
            with suppress(FileNotFoundError):  # it has become the file
                os.unlink(fresh)
    except OSError as error:
        raise InputError(f"cannot write the auth file {path} ({error.strerror})", "name another file") from None


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise InputError(
            f"cannot read the auth file {path} ({reason})", f"make it with `yinzheng user NAME --auth-file {path}`"
        ) from None
