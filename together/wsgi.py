"""HTTP, as WSGI: half the cost per request of Django's ASGI handler, with bounded threads (stack.md, section 3)."""

import os

from django.core.wsgi import get_wsgi_application

from together.http.request import Request

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "together.settings")

application = get_wsgi_application()
application.request_class = Request
