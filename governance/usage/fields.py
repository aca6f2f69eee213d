from governance.core.fields import *  # noqa: F403  moved
