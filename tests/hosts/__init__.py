"""Several hosts on one machine: network namespaces of their own, so that links and whole hosts can fail.

    network.py   hosts, their addresses, and ways to cut them off from one another
    estate.py    the platform spread over them: database, Redis, two webs, two workers; a desk watches
    faults.py    what is broken, and what must hold
    python -m tests.chaos --on hosts --seconds 600      # all of it, again and again, with a report in JSON

No address of the machine itself is used, and nothing of it is changed: hosts are tied to a bridge that stands
in a namespace too. It takes root, and `ip` of iproute2.
"""
