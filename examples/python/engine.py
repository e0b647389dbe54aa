"""
What a job does, in order, and nothing about where its facts come from or go to. A live world asks the model and
commits; a recorded world feeds a trace back. Both pass through every decision below.
"""

MAX_RETRIES = 2


def perform(key, request, policies, world):
    """Returns the outcome: status, result, tokens and the incident, if there is one."""
    count = 0
    spent = 0

    def step(kind, given, output, attempts=(), tokens=0):
        nonlocal count
        count += 1
        return dict(
            position=count - 1, kind=kind, input=given, output=output, attempts=list(attempts), tokens=tokens
        )

    def recall():
        value = world.recall(request["note"])
        world.record(step("recall", {"key": request["note"]}, {"value": value}))
        return value

    def think(prompt):
        nonlocal spent
        attempts = []
        while True:
            attempt, text, tokens = world.complete(prompt, len(attempts))
            attempts.append(attempt)
            if attempt != "error" or len(attempts) > MAX_RETRIES:
                break
        spent += tokens
        world.record(step("model", {"prompt": prompt}, {"text": text}, attempts, tokens))
        return attempts[-1], text

    def stopped(status, kind, severity, summary):
        incident = dict(kind=kind, severity=severity, summary=f"Job {key}: {summary}")
        return dict(status=status, result=None, tokens=spent, incident=incident)

    def pursue():
        known = recall()
        last, plan = think(f"Goal: {request['goal']}\nKnown: {known or 'nothing'}")
        if last == "timeout":
            return stopped("failed", "model_timeout", "critical", "the model did not answer in time")
        if last == "error":
            return stopped("failed", "model_unavailable", "critical", "the model kept failing")
        if spent > request["budget"]:
            summary = f"{spent} tokens spent of {request['budget']}"
            return stopped("failed", "budget_exceeded", "warning", summary)
        results = []
        for tool in request["tools"]:
            ruling = decide(policies, tool)
            world.record_ruling(step("ruling", {"tool": tool}, ruling), ruling)
            if ruling["ruling"] == "denied":
                summary = f"{tool} was denied ({ruling['reason']})"
                return stopped("blocked", "policy_violation", "critical", summary)
            result = world.use_tool(tool, plan)
            world.record(step("tool", {"tool": tool, "text": plan}, {"result": result}))
            results.append(f"{tool}: {result}")
        note = "; ".join([plan, *results])
        written = step("note", {"key": request["note"], "value": note}, {})
        world.record_note(written, request["note"], note)
        # The answer is what the note holds, not what this process believes it wrote.
        return dict(status="succeeded", result=recall(), tokens=spent, incident=None)

    outcome = pursue()
    world.finish(step("finish", {}, {"status": outcome["status"], "result": outcome["result"]}), outcome)
    return outcome


def decide(policies, tool):
    """What no rule allows is denied."""
    rule = next((one for one in policies if one["tool"] == tool), None)
    if rule is None:
        return dict(tool=tool, ruling="denied", reason="No policy allows it")
    return dict(
        tool=tool, ruling="allowed" if rule["effect"] == "allow" else "denied", reason=rule["reason"]
    )


def use_tool(name, text):
    """Tools are pure functions of text."""
    if name == "count_words":
        return f"{len(text.split())} words"
    if name == "send_mail":
        return f"Message of {len(text)} characters sent"
    raise ValueError(f"unknown tool {name}")


TOOLS = ("count_words", "send_mail")
