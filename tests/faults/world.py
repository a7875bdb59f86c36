"""What the register of these tests holds, and what is counted in it afterwards: run in the register's own Python."""

FILL = """
import json
from datetime import date, timedelta
from django.test import Client
from django.utils import timezone
from agencies.models import Agency, Channel, Kind, Nation, Policing, Role, User
from findings.models import Finding, Recommendation, Theme
from inspections.models import Framework, Inspection

def agency(name, kind, code):
    return Agency(name=name, official_name=name, kind=kind, slug=name.lower(), short_code=code, nation=Nation.ENGLAND).add(
        by=None, channel=Channel.COMMAND)

ofsted = agency("Ofsted", Kind.INSPECTORATE, "OFS")
force = agency("Cleveland", Kind.POLICE_FORCE, "CLEV")
council = agency("Stockton", Kind.LOCAL_AUTHORITY, "STO")
Policing(force=force, authority=council).add(by=None, channel=Channel.COMMAND)
framework = Framework(code="SIF", name="Single inspection framework").add(by=None, values={"inspectorates": [ofsted]})
theme = Theme(code="strategy-discussions", name="Strategy discussions", definition="Attendance.", order=1).add(by=None)
people = [
    User.objects.create_user(f"person{n}@people.example", "a long enough password", role=Role.INSPECTOR, agency=ofsted,
        first_name=f"Person{n}", last_name="Example")
    for n in range(6)
]
manager = User.objects.create_user("manager@people.example", "a long enough password", role=Role.MANAGER, agency=ofsted,
    first_name="Manager", last_name="Example")
lead = User.objects.create_user("lead@people.example", "a long enough password", role=Role.RESPONDENT, agency=council,
    first_name="Lead", last_name="Example")
inspection = Inspection.create(by=people[0], values={"framework": framework, "inspected_agency": council, "team": people,
    "fieldwork_from": date(2026, 5, 4), "fieldwork_to": date(2026, 5, 28)})
inspection.move("start_fieldwork", by=people[0])
inspection.move("start_drafting", by=people[0])
published = Inspection.record_published(by=None, channel=Channel.COMMAND, values={"framework": framework,
    "lead_inspectorate": ofsted, "inspected_agency": council, "published_on": date(2016, 8, 5), "team": people})
finding = Finding.record_published(by=None, channel=Channel.COMMAND, inspection=published, values={
    "finding_type": "weakness", "attributed_to": force, "theme": theme, "severity": "moderate",
    "summary": "Officers did not attend."}, citations=[{"page": 12}])
recommendation = Recommendation.record_issued(by=None, channel=Channel.COMMAND, finding=finding,
    values={"addressee": council, "text": "Keep challenging the police."})

def session(person):
    client = Client()
    client.force_login(person)
    return client.cookies["sessionid"].value

print(json.dumps({
    "inspection": inspection.public_id, "recommendation": recommendation.public_id, "force": force.pk, "theme": theme.pk,
    "people": [session(person) for person in people], "lead": session(lead),
    "until": (timezone.localdate() + timedelta(900)).isoformat(),
}))
"""

COUNT = """
import json
from collections import Counter, defaultdict
from django.apps import apps
from agencies.files.keys import path_of, root
from agencies.models import Event, Recorded
from findings.models import Evidence, Finding

events = defaultdict(list)
for kind, subject, sequence, verb in Event.objects.order_by("sequence").values_list("subject_type", "subject_id", "sequence", "verb"):
    events[kind, subject].append((sequence, verb))
half, known = [], set()
for model in apps.get_models():
    if not issubclass(model, Recorded) or model._meta.abstract:
        continue
    for record in model._base_manager.all():
        key = (record._meta.label_lower, record.pk)
        known.add(key)
        have = [sequence for sequence, _verb in events.get(key, [])]
        if have != list(range(1, record.version + 1)):
            half.append([*key, record.version, have])
orphans = [list(key) for key in events if key not in known]
no_file = [row.public_id for row in Evidence.objects.exclude(stored_key=None)
    if not path_of(row.stored_key).is_file() or path_of(row.stored_key).stat().st_size != row.size]
files = {path.name for path in root().rglob("*") if path.is_file()} if root().is_dir() else set()
print(json.dumps({
    "findings": Counter(Finding.objects.values_list("summary", flat=True)),
    "submitted": {f.public_id: [v for _s, v in events["findings.finding", f.pk]].count("submit") for f in Finding.objects.all()},
    "statuses": dict(Finding.objects.values_list("public_id", "status")),
    "evidence": Counter(Evidence.objects.values_list("description", flat=True)),
    "half": half, "orphans": orphans, "no_file": no_file,
    "no_row": len(files - set(Evidence.objects.values_list("stored_key", flat=True))),
}))
"""
