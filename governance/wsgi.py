"""The web of several processes. It watches the platform too: should nobody else live, it is who tells."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "governance.settings")
application = get_wsgi_application()

from governance.pipeline.threads import beside  # noqa: E402

for loop in beside():
    loop.start()
