"""The product: an HTTP API over jobs, each asked for and performed in one request. Telemetry watches, and nothing more."""

import hmac
import json
import os
import re
import signal
import sys
import threading
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import engine
import pages
import truth
from database import Pool
from jobs import Jobs, Mismatch, replay
from telemetry import Metrics, Telemetry

FINISH_S = 5
# A stop is part of the service: telemetry may lengthen it by no more than this.
FLUSH_S = 0.1
STARTED = datetime.now(timezone.utc)

facts = Pool(os.environ["DATABASE_URL"], "engine", size=10, wait_s=10)
telemetry = Telemetry(os.environ["TELEMETRY_DATABASE_URL"])
metrics = Metrics(os.environ["TELEMETRY_DATABASE_URL"], STARTED, telemetry.counts)
jobs = Jobs(facts, telemetry)
token = f"Bearer {os.environ['API_TOKEN']}"


class Problem(Exception):
    """An answer other than 200."""

    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def or_missing(found):
    if found is None:
        raise Problem(404, "no such job")
    return found


def begin(body):
    try:
        given = json.loads(body)
        request = {name: given[name] for name in ("goal", "budget", "tools", "note")}
        fits = (
            all(isinstance(given[name], str) and given[name] for name in ("key", "goal", "note"))
            and isinstance(given["budget"], int)
            and all(tool in engine.TOOLS for tool in given["tools"])
        )
    except (ValueError, KeyError, TypeError):
        fits = False
    if not fits:
        raise Problem(400, "expected key, goal, budget, tools and note")
    job, created = jobs.begin(given["key"], request)
    if job["status"] in ("running", "interrupted"):
        raise Problem(409, f"the job is {job['status']}")
    return 201 if created else 200, job


def chart():
    try:
        return metrics.read()
    except Exception:
        # Of the telemetry plane nothing is said but that it cannot be read.
        raise Problem(500, "metrics are unavailable") from None


def charts_page():
    try:
        return pages.metrics(metrics.read())
    except Exception:
        return pages.metrics(None)


JOB = "([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
ROUTES = [
    ("GET", "/health", lambda: {"truth": facts.query("select 1") and "ok", "telemetry": telemetry.counts()}),
    ("GET", "/jobs", lambda: truth.jobs(facts)),
    ("GET", f"/jobs/{JOB}", lambda job: or_missing(jobs.find("id", job))),
    ("GET", f"/jobs/{JOB}/trace", lambda job: or_missing(truth.trace(facts, job))),
    ("GET", f"/jobs/{JOB}/replay", lambda job: or_missing(replay(facts, job))),
    ("GET", "/incidents", lambda: truth.incidents(facts)),
    ("GET", "/notes", lambda: truth.notes(facts)),
    ("GET", "/rulings", lambda: truth.rulings(facts)),
    ("GET", "/audit", lambda: truth.audit(facts)),
    ("GET", "/metrics.json", chart),
    ("GET", "/metrics", charts_page),
    ("GET", "/", lambda: pages.facts(truth.overview(facts))),
]
OPEN = ("/health",)
# Requests that are owed an answer before the end are all but these.
CHARTS = ("/metrics.json", "/metrics")


class Owed:
    """Counts requests under way."""

    def __init__(self):
        self._count = 0
        self._none = threading.Condition()

    def __enter__(self):
        with self._none:
            self._count += 1

    def __exit__(self, *_):
        with self._none:
            self._count -= 1
            self._none.notify_all()

    def wait(self, seconds):
        with self._none:
            self._none.wait_for(lambda: self._count == 0, seconds)


owed = Owed()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    # Headers and body leave together.
    wbufsize = -1

    def do_GET(self):
        self._answer()

    def do_POST(self):
        self._answer()

    def _answer(self):
        path = self.path.split("?")[0]
        if path in CHARTS:
            return self._send(*self._result(path))
        with owed:
            self._send(*self._result(path))

    def _result(self, path):
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        try:
            if path not in OPEN and not hmac.compare_digest(self.headers.get("authorization") or "", token):
                raise Problem(401, "a valid token is required")
            if (self.command, path) == ("POST", "/jobs"):
                return begin(body)
            for method, pattern, act in ROUTES:
                match = re.fullmatch(pattern, path) if method == self.command else None
                if match:
                    return 200, act(*match.groups())
            raise Problem(404, "not found")
        except Problem as problem:
            return problem.status, {"error": str(problem)}
        except Mismatch as mismatch:
            return 409, {"error": str(mismatch)}
        except Exception as error:
            # Details of the database are for the log of the database.
            print(f"service: {type(error).__name__}", file=sys.stderr, flush=True)
            return 503, {"error": "the request could not be completed"}

    def _send(self, status, content):
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        data = text.encode()
        self.send_response(status)
        self.send_header("content-type", "text/html; charset=utf-8" if text.startswith("<") else "application/json")
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        try:
            self.wfile.write(data)
            self.wfile.flush()
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass


class Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    # Many may come at once.
    request_queue_size = 128

    def handle_error(self, request, client_address):
        """A client that went away is no error of ours."""


def main():
    stopping = threading.Event()
    for which in (signal.SIGTERM, signal.SIGINT):
        signal.signal(which, lambda *_: stopping.set())
    # Jobs that a former process left unfinished are closed before the first new one.
    while not stopping.is_set():
        try:
            jobs.interrupt()
            break
        except Exception as error:
            print(f"service: truth cannot be reached yet ({type(error).__name__})", file=sys.stderr, flush=True)
            stopping.wait(0.1)
    if not stopping.is_set():
        server = Server(("127.0.0.1", int(os.environ.get("PORT", "8080"))), Handler)
        threading.Thread(target=server.serve_forever, args=[0.02], daemon=True).start()
        print(f"listening on {server.server_port}", flush=True)
        stopping.wait()
        server.shutdown()
        server.server_close()
        owed.wait(FINISH_S)
    telemetry.stop(FLUSH_S)
    # Threads that wait for a plane that is gone are not waited for.
    os._exit(0)


if __name__ == "__main__":
    main()
