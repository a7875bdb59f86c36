"""What follows findings, at random: recommendations walked through their steps, dates moved, letters, cases.

What happens is said as plain values first (`chains`, `a_letter`, `a_case`). Small registers write them past the
verbs, which would refuse days to come out of order (`write`); random ones take the verbs (`take`).
"""

from datetime import timedelta

from django.db.models import QuerySet

from findings.models import ActionPlan, CaseReferral, Letter, Recommendation
from findings.models.due_dates import DueDateChange
from findings.models.follow_up import OPEN, TRANSITIONS
from findings.models.responses import Response
from findings.models.stages import Stage

STEPS = [verb for verb in TRANSITIONS if verb not in ("issue", "withdraw", "supersede")]
STRAIGHT = ["respond", "submit_plan", "accept_plan", "claim", "verify_and_close"]


# In plain values


def a_recommendation(dice, days):
    """Issued, then some legal steps in order of days, and proposals of other due dates."""
    steps, status = [], "issued"
    among = days if dice.random() < 0.5 else days[: len(days) // 3]
    straight = dice.random() < 0.5
    for place, on in enumerate(sorted(dice.choice(among) for _step in range(dice.randrange(9)))):
        legal = [verb for verb in STEPS if status in TRANSITIONS[verb][0]]
        # Half of them go straight to closure, the others here and there, mostly onward.
        onward = [verb for verb in legal if verb != "close_not_implemented"]
        if straight and place < len(STRAIGHT):
            verb = STRAIGHT[place]
        else:
            verb = dice.choice(onward if dice.random() < 0.9 else legal)
        status = TRANSITIONS[verb][1]
        steps.append((verb, on))
    return {
        "to": dice.randrange(100),
        "due": dice.choice([None, dice.choice(days), dice.choice(days)]),
        "answer_due": dice.choice([None, dice.choice(days)]),
        "later": dice.choice(days) if dice.random() < 0.2 else None,
        "steps": steps,
        "moves": sorted(
            (dice.choice(days), dice.choice(days), dice.random() < 0.7) for _move in range(dice.randrange(3))
        ),
        "superseded": dice.choice(days) if status in OPEN else None,
        "never_issued": dice.random() < 0.1,
    }


def chains(dice, days):
    """None, one or two chains of recommendations, each superseded by the next where it is still open."""
    return [
        [a_recommendation(dice, days) for _link in range(dice.choice([1, 1, 1, 2, 3]))]
        for _chain in range(dice.choice([0, 1, 1, 2]))
    ]


def a_letter(dice, days):
    sent = dice.choice(days)
    due = dice.choice([None, sent, sent + timedelta(dice.randrange(60))])
    soon = sent + timedelta(dice.randrange(60))
    return {
        "level": dice.randrange(6),
        "to": dice.randrange(100),
        "sent": sent if dice.random() < 0.9 else None,
        "due": due,
        "replied": dice.choice([None, due, soon, *[day for day in days if day >= sent][:2]]),
        "public": dice.random() < 0.5,
    }


def a_case(dice, days):
    referred, resolved = sorted(dice.choice(days) for _day in range(2))
    outcome = dice.choice(["", "no_change", "safeguarded", "reopened"])
    return {
        "to": dice.randrange(100),
        "referred": dice.choice([None, referred, referred]),
        "outcome": outcome,
        "resolved": dice.choice([None, resolved, resolved]) if outcome else None,
        "of_finding": dice.random() < 0.5,
    }


# As rows


def _rows(model):
    return QuerySet(model)  # a plain one: that of the model refuses to write without an event


def one_of(things, number):
    return things[number % len(things)]


def write(finding, told, agencies):
    """Writes a chain of recommendations of the finding as rows: what their verbs would have made of these days."""
    before = None
    for number, link in enumerate(told):
        published_on = finding.inspection.published_on
        issued_on = before["superseded"] if before else max(link["later"] or published_on, published_on)
        row = _issued(finding, link, one_of(agencies, link["to"]), issued_on, before)
        if link["never_issued"] and before is None:
            _drafted(finding, row)
            return
        superseded = link["superseded"] and number < len(told) - 1
        stages, answers = _walked(row, link["steps"])
        if superseded:
            stages.append(("superseded", max(link["superseded"], stages[-1][1])))
        moves = _moved(row, link["moves"], stages[-1][1] if superseded else None)
        row.status = stages[-1][0]
        _rows(Recommendation).bulk_create([row])
        _write_parts(row, finding, stages, answers, moves)
        if not superseded:
            return
        before = {"row": row, "superseded": stages[-1][1]}


def _issued(finding, link, addressee, issued_on, before):
    row = Recommendation(
        finding=finding,
        addressee=addressee,
        text="Attend every meeting.",
        reference=f"R-{Recommendation.objects.count() + 1}",
        issued_on=issued_on,
        first_issued_on=issued_on,
        due_first=link["due"],
        due_on=link["due"],
        answer_due_on=link["answer_due"],
    )
    if before:
        old = before["row"]
        row.supersedes, row.first_issued_on, row.answer_due_on = old, old.first_issued_on, old.answer_due_on
        if old.due_first:
            row.due_first, row.due_on = old.due_first, old.due_on
    return row


def _drafted(finding, row):
    draft = Recommendation(finding=finding, addressee=row.addressee, text=row.text)
    _rows(Recommendation).bulk_create([draft])


def _walked(row, steps):
    """([(status, day)], [day of each response])."""
    stages, answers = [("issued", row.issued_on)], []
    for verb, on in steps:
        day = max(on, stages[-1][1])
        stages.append((TRANSITIONS[verb][1].value, day))
        if verb == "respond":
            answers.append(day)
        if verb == "claim":
            row.claimed_on = day
    return stages, answers


def _moved(row, moves, last):
    """Decided changes of the due date, none after the day on which it was superseded."""
    decided, made = row.issued_on, []
    for on, due, approved in moves:
        decided = max(decided, on)
        if due == row.due_on or (last and decided > last):
            continue
        made.append({"was": row.due_on, "due_on": due, "decided_on": decided, "approved": approved})
        if approved:
            row.due_first, row.due_on = row.due_first or due, due
    return made


def _write_parts(row, finding, stages, answers, moves):
    ends = [*(day for _status, day in stages[1:]), None]
    Stage.objects.bulk_create(
        Stage(recommendation=row, status=status, since=day, until=until)
        for (status, day), until in zip(stages, ends, strict=True)
    )
    Response.objects.bulk_create(
        Response(
            finding=finding,
            recommendation=row,
            by_agency=row.addressee,
            position="accepted",
            text="Yes.",
            received_on=day,
            number=number,
            is_current=number == len(answers),
        )
        for number, day in enumerate(answers, 1)
    )
    DueDateChange.objects.bulk_create(
        DueDateChange(
            recommendation=row,
            was=move["was"],
            due_on=move["due_on"],
            reason="More time.",
            status="approved" if move["approved"] else "refused",
            proposed_on=move["decided_on"],
            decided_on=move["decided_on"],
        )
        for move in moves
    )


def write_letters(told, sender, agencies):
    made = []
    for letter in told:
        sent, replied = letter["sent"], letter["replied"]
        made.append(
            Letter(
                level=letter["level"],
                from_agency=sender,
                to_agency=one_of(agencies, letter["to"]),
                subject="About attendance.",
                status="draft" if sent is None else "replied" if replied else "sent",
                sent_on=sent,
                reply_due_on=letter["due"],
                replied_on=replied if sent else None,
                public=letter["public"] and sent is not None,
            )
        )
    _rows(Letter).bulk_create(made)


def write_cases(told, inspection, findings, agencies):
    _rows(CaseReferral).bulk_create(
        CaseReferral(
            inspection=inspection,
            finding=findings[0] if case["of_finding"] and findings else None,
            to_agency=one_of(agencies, case["to"]),
            referred_on=case["referred"],
            reason="A visit was not made.",
            outcome=case["outcome"],
            resolved_on=case["resolved"],
        )
        for case in told
    )


# By their verbs


def take(finding, told, agencies, last):
    """Takes a chain of recommendations of a recorded finding through its steps, none after the last day."""
    current = None
    for number, link in enumerate(told):
        values = {"addressee": one_of(agencies, link["to"]), "text": "Attend every meeting."}
        if link["due"] and link["due"] >= finding.inspection.published_on:
            values["due_printed"] = link["due"]
        if current is None:
            current = Recommendation.record_issued(by=None, channel="command", finding=finding, values=values)
        for verb, on in link["steps"]:
            current = step(current, verb, min(max(on, _since(current)), last))
        for on, due, approved in link["moves"]:
            move_date(current, min(max(on, _since(current)), last), due, approved)
        if number == len(told) - 1 or Recommendation.objects.get(pk=current.pk).status not in OPEN:
            return
        day = min(max(link["superseded"] or last, _since(current)), last)
        current = current.supersede(
            by=None, reason="Put better.", finding=finding, values={**values, "due_printed": None}, on=day
        )


def _since(recommendation):
    decided = [c.decided_on for c in recommendation.due_date_changes.all() if c.decided_on]
    return max([recommendation.stages.get(until=None).since, *decided])


def step(recommendation, verb, on):
    recommendation.refresh_from_db()
    legal = recommendation.status in TRANSITIONS[verb][0]
    if not legal:
        return recommendation  # a successor begins again: not every step of the walk is open to it
    reason = {"by": None, "reason": "For the test.", "on": on}
    if verb == "respond":
        recommendation.respond(by=None, position="accepted", text="We accept it.", received_on=on)
    elif verb == "submit_plan":
        actions = [
            {"recommendation": recommendation, "text": "Train sergeants.", "owner": "Head of training"}
        ]
        of = {"inspection": recommendation.inspection, "by_agency": recommendation.addressee}
        ActionPlan.begin(by=None, **of, values={"title": "A plan"}, actions=actions).submit(by=None, on=on)
    elif verb in ("accept_plan", "return_plan"):
        # One closed meanwhile may have left a plan behind that nobody decided on.
        plan = ActionPlan.objects.filter(actions__recommendation=recommendation, status="submitted").latest(
            "pk"
        )
        plan.accept(by=None, on=on) if verb == "accept_plan" else plan.send_back(**reason)
    elif verb == "claim":
        recommendation.claim_completion(by=None, text="It is done.", on=on)
    elif verb in ("verify_and_close", "find_not_done"):
        closes = verb == "verify_and_close"
        recommendation.verify(
            by=None,
            kind="desktop",
            on=on,
            progress="good" if closes else "insufficient",
            closes=closes,
            text="Minutes were read.",
        )
    else:
        getattr(recommendation, verb)(**reason)
    recommendation.refresh_from_db()
    return recommendation


def move_date(recommendation, on, due, approved):
    recommendation.refresh_from_db()
    if recommendation.status not in OPEN or due in (recommendation.due_on, None):
        return
    if due < recommendation.issued_on:
        return
    recommendation.propose_due_date(by=None, due_on=due, reason="More time.", on=on)
    recommendation.decide_due_date(by=None, approve=approved, on=on)
