"""One pass of the telemetry TTL, as a job of its own: deletes what has expired, says how much, ends."""

import os
import sys

import psycopg2
from psycopg2 import errors

BATCH = 1000
ATTEMPTS = 3


def delete_batch(cursor):
    for attempt in range(1, ATTEMPTS + 1):
        try:
            cursor.execute(
                """delete from telemetry_signal where id in (
                    select id from telemetry_signal where expires_at <= now() order by expires_at limit %s)""",
                [BATCH],
            )
            return cursor.rowcount
        except errors.LockNotAvailable:
            if attempt == ATTEMPTS:
                raise


def main():
    connection = psycopg2.connect(
        os.environ["CLEANUP_DATABASE_URL"],
        application_name="telemetry-cleanup",
        connect_timeout=2,
        options="-c lock_timeout=1000 -c statement_timeout=30000",
    )
    # Each statement is its own transaction: a pass that dies keeps what it has done and holds nothing.
    connection.autocommit = True
    with connection.cursor() as cursor:
        deleted = last = delete_batch(cursor)
        while last == BATCH:
            last = delete_batch(cursor)
            deleted += last
        cursor.execute("insert into telemetry_cleanup (deleted) values (%s)", [deleted])


if __name__ == "__main__":
    try:
        main()
    except psycopg2.Error as error:
        print(f"cleanup: failed ({error.pgcode})", file=sys.stderr)
        sys.exit(1)
