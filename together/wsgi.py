"""HTTP, as WSGI: half the cost per request of Django's ASGI handler, with bounded threads (stack.md, section 3)."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "together.settings")

application = get_wsgi_application()
