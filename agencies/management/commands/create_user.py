"""Adds a person who can sign in."""

import os
import sys
from getpass import getpass

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from agencies.models import Agency, Channel, Role, User


class Command(BaseCommand):
    help = (
        "Adds a person. The password comes from the environment variable REGISTER_PASSWORD, or is asked for; "
        "where neither is possible the person is added without one and cannot sign in yet."
    )

    def add_arguments(self, parser):
        parser.add_argument("email")
        parser.add_argument("--role", required=True, help=f"One of {', '.join(Role.values)}.")
        parser.add_argument("--agency", help="The slug of the employing agency, as in its address.")
        parser.add_argument("--first-name", default="")
        parser.add_argument("--last-name", default="")

    def handle(self, *, email, role, agency, first_name, last_name, **options):
        if role not in Role.values:
            raise CommandError(f"“{role}” is not a role. The roles are {', '.join(Role.values)}.")
        employer = Agency.objects.filter(slug=agency).first() if agency else None
        if agency and employer is None:
            raise CommandError(
                f"No agency has the slug “{agency}”. It is the last part of the agency's address."
            )
        user = User(email=email, role=role, agency=employer, first_name=first_name, last_name=last_name)
        try:
            user.full_clean(exclude=["password"])  # before anybody types a password in vain
            password = read_password()
            if password is not None:
                validate_password(password, user)
            user.set_password(password)
            user.add(by=None, channel=Channel.COMMAND)
        except ValidationError as error:
            raise CommandError("\n".join(explain(error))) from error
        self.stdout.write(
            f"Added {user.email}, {user.get_role_display()}" + (f", {employer}" if employer else "")
        )
        if password is None:
            self.stdout.write("No password was given: this person cannot sign in yet.")


def read_password():
    """From REGISTER_PASSWORD, else typed twice; None where there is nobody to ask."""
    if password := os.environ.get("REGISTER_PASSWORD"):
        return password
    if not sys.stdin.isatty():
        return None
    password = getpass("Password: ")
    if getpass("Password again: ") != password:
        raise CommandError("The two passwords differ. Nobody was added.")
    return password


def explain(error):
    """The error's messages, each with the field it concerns."""
    if not hasattr(error, "error_dict"):
        return [f"password: {message}" for message in error.messages]
    return [
        message if field == "__all__" else f"{field.replace('_', ' ')}: {message}"
        for field, messages in error.message_dict.items()
        for message in messages
    ]
