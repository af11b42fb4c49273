"""What logs may say: no token that still opens something, and no traceback for what a client got wrong."""

import logging
import re

# A reset link in a path, a token in a query string (`/ws?token=`), a bearer header.
_SECRET = re.compile(r"(/password/reset/|[?&](?:bot_)?token=|Bearer\s+|Bot\s+)[^\s\"'&]+")


class Discretion(logging.Filter):
    """Blanks secrets in every line, and shortens Django's complaints about requests to their sentence."""

    def filter(self, record: logging.LogRecord) -> bool:
        message = record.getMessage()
        discreet = _SECRET.sub(r"\1…", message)
        if discreet != message:
            record.msg, record.args = discreet, ()
        if record.name.startswith("django.security"):
            record.exc_info = record.exc_text = None
        return True
