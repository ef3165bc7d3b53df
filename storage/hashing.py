"""What is kept as a hash: whom an erasure was about, codes that were given out."""

from __future__ import annotations

import hashlib
import hmac


def keyed_hash(subject: str, secret_key: str) -> str:
    """HMAC-SHA256 in hex: who has not the key cannot tell, nor try out, what it is of."""
    return hmac.new(secret_key.encode(), subject.encode(), hashlib.sha256).hexdigest()
