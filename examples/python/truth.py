"""Truth reads (O1). Each is one statement, and so one snapshot; the order never depends on ids."""

RUNS = "select to_jsonb(j) - 'policies' as row from jobs j"
INCIDENTS = "select to_jsonb(i) || jsonb_build_object('job', j.key) as row from incidents i join jobs j on j.id = i.job_id"

SHOWN = 50


def listed(truth, name, sql, values=()):
    [(found,)] = truth.query(f"select coalesce(json_agg(row), '[]') from ({sql}) as rows", values)
    return {name: found}


def jobs(truth):
    return listed(truth, "jobs", f"{RUNS} order by key")


def incidents(truth):
    return listed(truth, "incidents", f"{INCIDENTS} order by j.key, i.kind")


def notes(truth):
    return listed(truth, "notes", "select to_jsonb(n) as row from notes n order by key")


def rulings(truth):
    return listed(
        truth,
        "rulings",
        """select to_jsonb(r) || jsonb_build_object('job', j.key) as row
        from rulings r join jobs j on j.id = r.job_id order by j.key, r.position""",
    )


def trace(truth, job_id):
    """None where there is no such job."""
    found = truth.query(
        """select json_build_object('job', key, 'status', status,
            'steps', (select coalesce(json_agg(to_jsonb(s) order by position), '[]') from steps s where job_id = j.id),
            'rulings', (select coalesce(json_agg(to_jsonb(r) order by position), '[]') from rulings r where job_id = j.id))
        from jobs j where id = %s""",
        [job_id],
    )
    return found[0][0] if found else None


def audit(truth):
    """Everything true, in a stable order."""
    [(found,)] = truth.query(
        f"""select json_build_object(
            'policies', (select json_agg(to_jsonb(p) order by tool) from policies p),
            'jobs', (select coalesce(json_agg(to_jsonb(j) order by key), '[]') from jobs j),
            'steps', (select coalesce(json_agg(to_jsonb(s) || jsonb_build_object('job', j.key) order by j.key, s.position), '[]')
                from steps s join jobs j on j.id = s.job_id),
            'rulings', (select coalesce(json_agg(to_jsonb(r) || jsonb_build_object('job', j.key) order by j.key, r.position), '[]')
                from rulings r join jobs j on j.id = r.job_id),
            'incidents', (select coalesce(json_agg(row), '[]') from ({INCIDENTS} order by j.key, i.kind) as rows),
            'notes', (select coalesce(json_agg(to_jsonb(n) order by key), '[]') from notes n))"""
    )
    return found


def overview(truth):
    """The first by key, for a page."""
    [(found,)] = truth.query(
        f"""select json_build_object(
            'jobs', (select coalesce(json_agg(row), '[]') from (select to_jsonb(j) || jsonb_build_object('steps',
                (select count(*) from steps where job_id = j.id)) as row from jobs j order by key limit {SHOWN}) as rows),
            'incidents', (select coalesce(json_agg(row), '[]')
                from ({INCIDENTS} order by j.key, i.kind limit {SHOWN}) as rows),
            'notes', (select coalesce(json_agg(row), '[]')
                from (select to_jsonb(n) as row from notes n order by key limit {SHOWN}) as rows))"""
    )
    return found
