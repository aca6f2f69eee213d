"""The secret key of an installation that names none. Read by the settings, so it knows no Django."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path


def kept_secret(path: Path) -> str:
    """A key that is made once and kept beside the database, readable by nobody else.

    Written whole and then linked into place, so that processes starting together agree on one.
    """
    if not path.exists():
        with tempfile.NamedTemporaryFile("w", dir=path.parent, delete=False) as draft:
            draft.write(secrets.token_urlsafe(48))
        try:
            os.link(draft.name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(draft.name)
    return path.read_text("utf-8")
