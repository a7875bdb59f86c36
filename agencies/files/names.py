"""Names of files as people gave them, made fit for every computer that may save the file again."""

import re
import unicodedata

MAX_BYTES = 200  # in UTF-8; the limit of common file systems is 255, and browsers add " (1)"
NAMELESS = "file"
# Zero-width joiners hold emoji and some scripts together; other invisible characters can turn a name round.
JOINERS = "\u200c\u200d"
INVISIBLE = {"Cc", "Cf", "Cs", "Co"}
FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
ENDING = re.compile(r"\.([A-Za-z0-9]{1,10})\Z")
RESERVED = {"con", "prn", "aux", "nul", "conin$", "conout$"} | {
    f"{device}{number}" for device in ("com", "lpt") for number in "0123456789¹²³"
}


def safe_name(name):
    """The name without folders, invisible characters and what a computer may not accept; never empty."""
    text = "".join(char for char in str(name) if _is_readable(char))
    text = unicodedata.normalize("NFC", text).replace("\\", "/").rpartition("/")[2]
    text = " ".join(text.translate(FORBIDDEN).split()).rstrip(". ")
    stem, ending = split_ending(text)
    stem = stem.strip(". " + JOINERS)
    if stem.partition(".")[0].strip().casefold() in RESERVED:
        stem = f"_{stem}"
    room = MAX_BYTES - len(ending)
    stem = stem.encode()[:room].decode(errors="ignore").strip(". " + JOINERS)
    return (stem or NAMELESS) + ending


def _is_readable(char):
    return char in JOINERS or char.isspace() or unicodedata.category(char) not in INVISIBLE


def split_ending(name):
    """("report", ".pdf") of "report.pdf"; the ending is "" where there is none that looks like one."""
    found = ENDING.search(name)
    return (name[: found.start()], found.group()) if found else (name, "")
