"""A register whose processes can be killed, on the engine of the test run, and what is in it."""

import pytest

from . import world
from .register import Register


@pytest.fixture
def register(tmp_path, settings):
    running = Register(tmp_path, settings.DATABASES["default"]["ENGINE"].rpartition(".")[2])
    try:
        yield running
    finally:
        running.close()


@pytest.fixture
def filled(register):
    return register.run(world.FILL)
