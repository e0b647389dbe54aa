"""
Stands in for the model's provider, without a network: the answer is a function of the prompt alone, and so is its
mood. `[[fail-once]]` fails every first attempt, `[[hang]]` never answers, `[[verbose]]` is expensive.
"""

import hashlib
import threading

TIMEOUT_S = 0.3


def complete(prompt, attempt):
    """How it went (`ok`, `error`, `timeout`), the text and the tokens."""
    if "[[hang]]" in prompt:
        # The caller's deadline is all that ends this.
        threading.Event().wait(TIMEOUT_S)
        return "timeout", None, 0
    if "[[fail-once]]" in prompt and attempt == 0:
        return "error", None, 0
    digest = hashlib.sha256(prompt.encode()).hexdigest()
    text = f"Plan {digest[:12]}: look at {digest[12:16]}, then at {digest[16:20]}"
    tokens = 50_000 if "[[verbose]]" in prompt else len(prompt.split()) + int(digest[:2], 16) % 40
    return "ok", text, tokens
