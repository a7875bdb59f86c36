"""How commands that go on until somebody stops them learn that they are to stop."""

import os
import signal
import threading


class Stop:
    """Whether somebody asked it to end: by a signal, or by closing its standard input."""

    def __init__(self, until_end_of_input):
        self._asked = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self._asked.set())
        if until_end_of_input:
            threading.Thread(target=self._watch_input, daemon=True).start()

    @property
    def is_asked(self):
        return self._asked.is_set()

    def wait(self, seconds):
        self._asked.wait(seconds)

    def _watch_input(self):
        while os.read(0, 1024):
            pass
        self._asked.set()
