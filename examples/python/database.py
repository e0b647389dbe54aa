"""A small connection pool: bounded, waits its turn, and never hands out a connection that has died meanwhile."""

import select
import threading
from contextlib import contextmanager

import psycopg2


class Busy(Exception):
    """No connection became free in time."""


class Pool:
    """Autocommit connections: one statement is one transaction. `settings` are those of Postgres."""

    def __init__(self, url, name, size, wait_s, **settings):
        options = " ".join(f"-c {key}={value}" for key, value in settings.items())
        self._dsn = dict(dsn=url, application_name=name, connect_timeout=2, options=options)
        self._turns = threading.BoundedSemaphore(size)
        self._idle = []
        self._wait_s = wait_s

    @contextmanager
    def connection(self):
        if not self._turns.acquire(timeout=self._wait_s):
            raise Busy()
        connection = None
        try:
            connection = self._take()
            yield connection
        finally:
            # A statement that was refused leaves its connection as it was; one that broke is closed already.
            if connection is not None and not connection.closed:
                self._idle.append(connection)
            self._turns.release()

    def query(self, sql, values=()):
        """All rows; psycopg2 gives JSON as Python values."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.fetchall()

    def execute(self, sql, values=()):
        """The number of rows that were changed."""
        with self.connection() as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            return cursor.rowcount

    def _take(self):
        while self._idle:
            connection = self._idle.pop()
            # On an idle connection the server speaks only to say that it is over.
            if not connection.closed and not select.select([connection], [], [], 0)[0]:
                return connection
            connection.close()
        connection = psycopg2.connect(**self._dsn)
        connection.autocommit = True
        return connection
