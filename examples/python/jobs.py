"""The life of a job: begun once per key, performed, never left half-written; and how it is replayed."""

import json
import threading
import time
import uuid

import engine
import model


class Jobs:
    def __init__(self, truth, telemetry):
        self._truth = truth
        self._telemetry = telemetry
        self._unsettled = set()
        self._wake = threading.Event()
        threading.Thread(target=self._settle, daemon=True).start()

    def begin(self, key, request):
        """Performs the job of this key, or finds it: the job, and whether it is new."""
        job_id = str(uuid.uuid4())
        try:
            begun = self._truth.query(
                """insert into jobs (id, key, request, policies)
                select %s, %s, %s, coalesce(jsonb_agg(to_jsonb(p) order by tool), '[]') from policies p
                on conflict (key) do nothing returning policies""",
                [job_id, key, json.dumps(request)],
            )
            if not begun:
                return self.find("key", key), False
            [(policies,)] = begun
            world = Live(self._truth, job_id, self._telemetry.observer(job_id), request)
            engine.perform(key, request, policies, world)
            return self.find("id", job_id), True
        except BaseException:
            # The answer may have been lost on its way: what is finished stays so.
            self._unsettled.add(job_id)
            self._wake.set()
            raise

    def find(self, column, value):
        found = self._truth.query(f"select to_jsonb(j) - 'policies' from jobs j where {column} = %s", [value])
        return found[0][0] if found else None

    def interrupt(self, ids=None):
        """Closes unfinished jobs, all of them or those named, each with its incident, in one transaction."""
        self._truth.execute(
            """with interrupted as (
                update jobs set status = 'interrupted', finished_at = now()
                where status = 'running' and (%(ids)s::uuid[] is null or id = any(%(ids)s::uuid[])) returning id, key
            )
            insert into incidents (id, job_id, kind, severity, summary)
            select gen_random_uuid(), id, 'job_interrupted', 'warning', 'Job ' || key || ' was interrupted'
            from interrupted""",
            dict(ids=ids),
        )

    def _settle(self):
        """Interrupts what this process could not finish, as soon as truth can be written again."""
        while True:
            self._wake.wait()
            self._wake.clear()
            while self._unsettled:
                ids = list(self._unsettled)
                try:
                    self.interrupt(ids)
                    self._unsettled.difference_update(ids)
                except Exception:
                    time.sleep(0.05)


STEP = """insert into steps (job_id, position, kind, input, output, attempts, tokens)
    values (%(job)s, %(position)s, %(kind)s, %(input)s, %(output)s, %(attempts)s, %(tokens)s)"""


class Live:
    """A world that happens: the model is asked, every step commits to truth, and only then is it observed."""

    def __init__(self, truth, job_id, emit, request):
        self._truth = truth
        self._job = job_id
        self._emit = emit
        self._request = request
        self._begun = self._last = time.monotonic()

    def recall(self, key):
        found = self._truth.query("select value from notes where key = %s", [key])
        return found[0][0] if found else None

    complete = staticmethod(model.complete)
    use_tool = staticmethod(engine.use_tool)

    def record(self, step):
        self._truth.execute(STEP, self._row(step))
        self._observe(step)

    def record_ruling(self, step, ruling):
        # One statement is one transaction: the ruling never exists without its step.
        self._truth.execute(
            f"""with recorded as ({STEP})
            insert into rulings (job_id, position, tool, ruling, reason)
            values (%(job)s, %(position)s, %(tool)s, %(ruling)s, %(reason)s)""",
            dict(self._row(step), **ruling),
        )
        self._observe(step)

    def record_note(self, step, key, value):
        self._truth.execute(
            f"""with recorded as ({STEP})
            insert into notes (key, value, job_id) values (%(note)s, %(value)s, %(job)s)
            on conflict (key) do update set value = excluded.value, job_id = excluded.job_id, written_at = now()""",
            dict(self._row(step), note=key, value=value),
        )
        self._observe(step)

    def finish(self, step, outcome):
        incident = outcome["incident"] or dict(kind=None, severity=None, summary=None)
        # Status, last step and incident in one transaction; nothing of it when the job was interrupted meanwhile.
        closed = self._truth.query(
            """with closed as (
                update jobs set status = %(status)s, result = %(result)s, tokens = %(spent)s, finished_at = now()
                where id = %(job)s and status = 'running' returning id
            ), recorded as (
                insert into steps (job_id, position, kind, input, output, attempts, tokens)
                select id, %(position)s, %(kind)s, %(input)s, %(output)s, %(attempts)s, %(tokens)s from closed
            ), raised as (
                insert into incidents (id, job_id, kind, severity, summary)
                select %(incident)s::uuid, id, %(incident_kind)s, %(severity)s, %(summary)s
                from closed where %(incident_kind)s::text is not null
            )
            select id from closed""",
            dict(
                self._row(step),
                status=outcome["status"],
                result=outcome["result"],
                spent=outcome["tokens"],
                incident=str(uuid.uuid4()),
                incident_kind=incident["kind"],
                severity=incident["severity"],
                summary=incident["summary"],
            ),
        )
        if not closed:
            raise RuntimeError(f"job {self._job} is no longer running")
        self._observe(step)
        self._emit("job_ms", self._since(self._begun), dict(steps=step["position"] + 1))

    def _row(self, step):
        as_json = {name: json.dumps(step[name]) for name in ("input", "output", "attempts")}
        return dict(step, job=self._job, **as_json)

    def _observe(self, step):
        if step["position"] == 0:
            self._emit("job_started", None, dict(tools=len(self._request["tools"])))
        labels = dict(kind=step["kind"], tokens=step["tokens"], attempts=len(step["attempts"]))
        self._emit("step_ms", self._since(self._last), labels)
        self._last = time.monotonic()

    @staticmethod
    def _since(moment):
        return round((time.monotonic() - moment) * 1000, 3)


class Mismatch(Exception):
    """A record does not replay to itself."""


class EndOfRecord(Mismatch):
    """The record of an interrupted job ends before the engine does."""


def replay(truth, job_id):
    """Canonical JSON of a job without ids and times; None where there is no such job."""
    found = truth.query(
        """select json_build_object(
            'job', json_build_object('key', key, 'request', request, 'policies', policies, 'status', status,
                'result', result, 'tokens', tokens),
            'steps', (select coalesce(json_agg(json_build_object('position', position, 'kind', kind, 'input', input,
                'output', output, 'attempts', attempts, 'tokens', tokens) order by position), '[]')
                from steps where job_id = j.id),
            'rulings', (select coalesce(json_agg(json_build_object('position', position, 'tool', tool, 'ruling', ruling,
                'reason', reason) order by position), '[]') from rulings where job_id = j.id),
            'incidents', (select coalesce(json_agg(json_build_object('kind', kind, 'severity', severity,
                'summary', summary) order by kind), '[]') from incidents where job_id = j.id))
        from jobs j where id = %s""",
        [job_id],
    )
    if not found:
        return None
    record = found[0][0]
    job = record["job"]
    if job["status"] == "running":
        raise Mismatch("the job has not finished")
    world = Recorded(record)
    try:
        outcome = engine.perform(job["key"], job["request"], job["policies"], world)
    except EndOfRecord:
        if job["status"] != "interrupted":
            raise
    else:
        incident = next(iter(record["incidents"]), None)
        recorded = dict(status=job["status"], result=job["result"], tokens=job["tokens"], incident=incident)
        compare("outcome", outcome, recorded)
        compare("number of steps", world.position, len(record["steps"]))
    return canonical(record)


def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def compare(what, replayed, recorded):
    if canonical(replayed) != canonical(recorded):
        raise Mismatch(f"replay differs in its {what}")


class Recorded:
    """A world that is fed back: decisions are taken again and held against the record."""

    def __init__(self, record):
        self._steps = record["steps"]
        self._rulings = record["rulings"]
        self.position = 0

    def _current(self):
        if self.position >= len(self._steps):
            raise EndOfRecord("the record ends here")
        return self._steps[self.position]

    def recall(self, key):
        return self._current()["output"].get("value")

    def complete(self, prompt, attempt):
        step = self._current()
        if attempt >= len(step["attempts"]):
            raise Mismatch(f"step {self.position} has no attempt {attempt}")
        how = step["attempts"][attempt]
        return (how, step["output"]["text"], step["tokens"]) if how == "ok" else (how, None, 0)

    def use_tool(self, name, text):
        return self._current()["output"].get("result")

    def record(self, step):
        compare(f"step {self.position}", step, self._current())
        self.position += 1

    def record_ruling(self, step, ruling):
        self.record(step)
        recorded = next((one for one in self._rulings if one["position"] == step["position"]), None)
        compare(f"ruling at step {step['position']}", dict(ruling, position=step["position"]), recorded)

    def record_note(self, step, key, value):
        self.record(step)

    def finish(self, step, outcome):
        self.record(step)
