"""Real servers for the tests, each on a free loopback port in a temporary folder.

    with postgres.server() as server:        # the one of this test session, or a new one
        psycopg.connect(server.url)
    with redis.own_server() as server:       # always a new one: this test may kill it
        server.kill(); server.restart()
    with smtp.server() as mail:
        mail.answer(Answer.HANG, to="slow@example.org")

`python -m tests.servers run -- pytest` starts PostgreSQL and Redis once for the whole session.
"""
