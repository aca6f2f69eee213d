"""Breaks a whole platform on purpose, and counts what it lost.

    make chaos CHAOS_SECONDS=600 CHAOS_SEED=7       # or: python -m tests.chaos --help

A rig (rig.py) is a platform with everything that it talks to: `embedded` is the one process on SQLite,
`scaled` is PostgreSQL, Redis, two webs, two prefork workers and two tickers. Around it, outside the product:

    ledger = Ledger(path)                           # JSON lines: what was sent, what was accepted
    driver = Driver(base_urls, token, ledger, new_model=name -> repo id)
    driver.event("name")                            # model, deployment, check; repeats until each is accepted
    with polling(base_urls, token, ledger) as poller:       # asks the gate without end, in its own process
        mark = poller.mark()                        # -> Polled: what was answered since the last mark
    count(database_url, ledger, {"email": came})    # -> Counts, once the platform is quiet
    python -m tests.chaos.counters --database URL --ledger FILE --sink FILE     # the same, as a program

A fault is one function under faults/, registered with its number (`@scenario(3, "...", on=SCALED)`). It
gets the rig, a random.Random of its seed and whether it may take long, and answers its own figures.
"""
