"""The people of the demonstration. Their password is printed in the documentation: never for a real register."""

from django.contrib.auth.hashers import make_password

from .models import Agency, Channel, Role, User

PASSWORD = "demo-only-password"  # nosec B105 # of no real register
INSPECTOR = "inspector@ofsted.example"
INSPECTOR_2 = "inspector2@ofsted.example"
MANAGER = "manager@ofsted.example"
MANAGER_2 = "manager2@ofsted.example"
HMICFRS_INSPECTOR = "inspector@hmicfrs.example"
HMICFRS_MANAGER = "manager@hmicfrs.example"
MET_LEAD = "lead@met.example"

PEOPLE = [
    (INSPECTOR, "Imogen", "Hartley", Role.INSPECTOR, "ofsted"),
    (INSPECTOR_2, "Samuel", "Okafor", Role.INSPECTOR, "ofsted"),
    (MANAGER, "Margaret", "Lindqvist", Role.MANAGER, "ofsted"),
    (MANAGER_2, "Ruth", "Osei", Role.MANAGER, "ofsted"),
    (HMICFRS_INSPECTOR, "Harriet", "Boateng", Role.INSPECTOR, "hmicfrs"),
    (HMICFRS_MANAGER, "Gareth", "Pryce", Role.MANAGER, "hmicfrs"),
    ("lead@cleveland.example", "Claire", "Donaghy", Role.RESPONDENT, "cleveland"),
    (MET_LEAD, "Marcus", "Adeyemi", Role.RESPONDENT, "metropolitan"),
    ("lead@stockton.example", "Priya", "Raman", Role.RESPONDENT, "stockton-on-tees-borough-council"),
    ("auditor@example.org", "Audrey", "Whitfield", Role.AUDITOR, None),
    ("admin@example.org", "Adam", "Siddiqui", Role.ADMINISTRATOR, None),
]
ADDRESSES = [email for email, *_ in PEOPLE]


def add_missing_people():
    """The people of the demonstration by address; those already there stay as they are."""
    people = {user.email.lower(): user for user in User.objects.select_related("agency")}
    agencies = {
        agency.slug: agency
        for agency in Agency.objects.filter(slug__in=[slug for *_, slug in PEOPLE if slug])
    }
    missing = [person for person in PEOPLE if person[0] not in people]
    password = make_password(PASSWORD) if missing else ""
    for email, first_name, last_name, role, slug in missing:
        people[email] = User(
            email=email,
            password=password,
            first_name=first_name,
            last_name=last_name,
            role=role,
            agency=agencies[slug] if slug else None,
        ).add(by=None, channel=Channel.COMMAND)
    return {email: people[email] for email, *_ in PEOPLE}
