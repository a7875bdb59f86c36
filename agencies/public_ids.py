"""Opaque public ids: what stands in URLs instead of a number that an outsider could count from."""

import hashlib
import hmac
import secrets

# No vowels and no look-alikes: nothing that can be misread aloud or spell a word.
ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
LENGTH = 16  # 27^16, about 76 bits
PATTERN = f"[{ALPHABET}]{{{LENGTH}}}"


def new_public_id():
    """A random public id."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def seeded_public_id(seed, key):
    """The public id that this seed gives to this key: repeatable for whoever knows the seed, else unguessable."""
    number = int.from_bytes(hmac.digest(str(seed).encode(), key.encode(), hashlib.sha256), "big")
    characters = []
    for _ in range(LENGTH):
        number, remainder = divmod(number, len(ALPHABET))
        characters.append(ALPHABET[remainder])
    return "".join(characters)


class PublicIdConverter:
    """URL path converter `<public_id:…>`."""

    regex = PATTERN

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value
