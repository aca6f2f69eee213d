from governance.body import *  # noqa: F403  moved
