"""
Telemetry as a bystander. Whoever emits puts a signal into a bounded queue and goes on; a thread with a connection of
its own stores what it finds there. Nothing is waited for, what cannot be stored is dropped and counted.
"""

import json
import queue
import sys
import threading
import time

from database import Pool

MAX_QUEUED = 2000
MAX_BATCH = 50
GATHER_S = 0.02

INSERT = """
    insert into telemetry_signal (job_id, seq, name, value, labels)
    select job_id, seq, name, value, labels
    from jsonb_to_recordset(%s::jsonb) as signal(job_id uuid, seq int, name text, value double precision, labels jsonb)
    on conflict do nothing"""


class Telemetry:
    def __init__(self, url):
        self._queue = queue.Queue(MAX_QUEUED)
        self._lock = threading.Lock()
        self._counts = dict(emitted=0, stored=0, dropped=0)
        # One connection, which only the writer uses.
        self._pool = Pool(url, "telemetry-writer", size=1, wait_s=1, statement_timeout=1000, lock_timeout=500)
        self._problem = ""
        threading.Thread(target=self._write, daemon=True).start()

    def observer(self, job_id):
        """A function that emits signals of one job: told of what is committed, returns at once, never raises."""
        seq = 0

        def emit(name, value, labels):
            nonlocal seq
            self._count("emitted", 1)
            try:
                self._queue.put_nowait(dict(job_id=job_id, seq=seq, name=name, value=value, labels=labels))
            except queue.Full:
                self._count("dropped", 1)
            seq += 1

        return emit

    def counts(self):
        with self._lock:
            counts = dict(self._counts)
        return dict(counts, queued=counts["emitted"] - counts["stored"] - counts["dropped"])

    def stop(self, flush_s):
        """Gives the writer this long to store what it has, and no longer."""
        deadline = time.monotonic() + flush_s
        while self.counts()["queued"] > 0 and time.monotonic() < deadline:
            time.sleep(0.005)

    def _count(self, what, amount):
        with self._lock:
            self._counts[what] += amount

    def _write(self):
        while True:
            batch = [self._queue.get()]
            time.sleep(GATHER_S)
            while len(batch) < MAX_BATCH and not self._queue.empty():
                batch.append(self._queue.get())
            self._store(batch)

    def _store(self, batch):
        try:
            stored = self._pool.execute(INSERT, [json.dumps(batch)])
        except Exception as error:
            code = getattr(error, "pgcode", None) or type(error).__name__
            if code[:2] in ("22", "23") and len(batch) > 1:
                # One row is at fault: halved until it stands alone.
                middle = len(batch) // 2
                self._store(batch[:middle])
                return self._store(batch[middle:])
            self._complain(code)
            self._count("dropped", len(batch))
            # The plane is slow or gone: what waits would fare no better, and only grow old.
            if code[:2] not in ("22", "23"):
                self._count("dropped", self._empty())
            return
        self._problem = ""
        self._count("stored", stored)
        self._count("dropped", len(batch) - stored)

    def _empty(self):
        dropped = 0
        while True:
            try:
                self._queue.get_nowait()
                dropped += 1
            except queue.Empty:
                return dropped

    def _complain(self, code):
        """One line per new kind of problem, with its code alone: messages may quote data."""
        if code != self._problem:
            print(f"telemetry: signals dropped ({code})", file=sys.stderr, flush=True)
        self._problem = code


# O2: what telemetry says, for people to look at. Rows of any shape can be there: nothing is cast before it is known to
# fit, and the newest rows alone are read, since the size of the plane must not matter.
SAMPLE = 10_000
SERIES = f"""
    with newest as (
        select job_id, seq, name, value, labels, created_at from telemetry_signal order by id desc limit {SAMPLE}
    ), seen as (
        select *, coalesce(case
            when pg_column_size(labels) > 8192 or jsonb_typeof(labels) <> 'object' then false
            when name = 'job_started' then value is null
            when name = 'job_ms' then value >= 0 and value < 1e9
            when name = 'step_ms' then value >= 0 and value < 1e9 and labels @? 'strict $ ? (
                @.kind like_regex "^.{{1,64}}$" && @.tokens >= 0 && @.tokens < 1e9 && @.attempts >= 0 && @.attempts < 1e9)'
        end, false) as usable
        from newest
    ), per_job as (
        select count(seq)::int as present, max(seq) + 1 as emitted
        from seen where usable and seq between 0 and 999 group by job_id
    )
    select count(*)::int, (count(*) filter (where not usable))::int, (count(*) filter (where created_at >= %s))::int,
        (select coalesce(sum(greatest(emitted - present, 0)), 0)::int from per_job),
        (select coalesce(json_agg(p), '[]') from (
            select name, labels ->> 'kind' as kind, count(*)::int as count, avg(value) as mean, max(value) as slowest
            from seen where usable group by 1, 2 order by 1, 2
        ) as p)
    from seen"""


class Metrics:
    """Raises whatever the telemetry database raises, within a second and a half."""

    def __init__(self, url, since, counts):
        # A pool of its own: a slow plane can exhaust this one and no other.
        self._pool = Pool(url, "metrics", size=2, wait_s=0.3, statement_timeout=1000, lock_timeout=300)
        self._since = since
        self._counts = counts

    def read(self):
        counts = self._counts()
        [(read, skipped, own, missing, series)] = self._pool.query(SERIES, [self._since])
        partial = missing > 0 or counts["dropped"] > 0 or read == SAMPLE or own < counts["stored"]
        empty = read == skipped
        return dict(
            authoritative=False,
            label="Non-authoritative",
            empty=empty,
            partial=partial and not empty,
            read=read,
            skipped=skipped,
            missing=missing,
            series=[] if empty else series,
        )
