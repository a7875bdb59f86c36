"""A small writer of PDFs: lines of letters at chosen places, in two weights, as reports are printed."""

BULLET = "\x95"  # in the encoding that the writer declares
FONTS = {False: "F1", True: "F2"}


class Sheets:
    """Pages of a PDF. `line` writes downwards from the top of the page; a full page begins another."""

    WIDTH, HEIGHT, TOP, BOTTOM = 595, 842, 740, 90

    def __init__(self):
        self.pages = [[]]
        self.at = self.TOP

    def line(self, words, left=72, size=12, bold=False, gap=None):
        """One line. `gap`: points below the line before it; usually those of the lines of a paragraph."""
        self.at -= 1.2 * size if gap is None else gap
        if self.at < self.BOTTOM:
            self.new_page()
        self.put(words, left, self.at, size, bold)

    def put(self, words, left, base, size=12, bold=False):
        """Words at a place of their own on the page."""
        raw = words.translate({0x2013: 0x96, 0x2019: 0x92}).encode("latin-1")
        raw = raw.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
        self.pages[-1].append(
            b"BT /%s %g Tf 1 0 0 1 %g %g Tm (%s) Tj ET" % (FONTS[bold].encode(), size, left, base, raw)
        )

    def paragraph(self, *lines, number="", left=72, indent=28, gap=28):
        """Lines that hang under each other, with a number or bullet in front where one is given."""
        hang = left + (indent if number else 0)
        if number:
            self.line(number, left, gap=gap)
            self.put(lines[0], hang, self.at)
        else:
            self.line(lines[0], left, gap=gap)
        for words in lines[1:]:
            self.line(words, hang)

    def bullet(self, *lines, left=72):
        self.paragraph(*lines, number=BULLET, left=left, indent=17, gap=26)

    def heading(self, words, size=14, left=72):
        self.line(words, left, size, bold=True, gap=34)

    def new_page(self):
        self.pages.append([])
        self.at = self.TOP

    def save(self, path):
        path.write_bytes(self.bytes())
        return path

    def bytes(self, extra=b"", catalogue=b""):
        """The file. `extra`: further objects, numbered from 1000; `catalogue`: further entries of the root."""
        count = len(self.pages)
        kids = b" ".join(b"%d 0 R" % (10 + 2 * place) for place in range(count))
        font = b"<</Type/Font/Subtype/Type1/BaseFont/%s/Encoding/WinAnsiEncoding>>"
        objects = {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
            2: b"<</Type/Pages/Count %d/Kids[%s]>>" % (count, kids),
            3: font % b"Helvetica",
            4: font % b"Helvetica-Bold",
        }
        for place, page in enumerate(self.pages):
            content = b"\n".join(page)
            objects[10 + 2 * place] = (
                b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 %d %d]/Resources<</Font<</F1 3 0 R/F2 4 0 R>>>>"
                b"/Contents %d 0 R>>" % (self.WIDTH, self.HEIGHT, 11 + 2 * place)
            )
            objects[11 + 2 * place] = b"<</Length %d>>stream\n%s\nendstream" % (len(content), content)
        return assemble(objects, extra)


def assemble(objects, extra=b"", trailer=b""):
    """The bytes of a PDF with these numbered objects, of which 1 is the root."""
    out, places = bytearray(b"%PDF-1.7\n"), {}
    for number, body in sorted(objects.items()):
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    out += extra
    start = len(out)
    out += b"xref\n"
    for number, place in places.items():
        out += b"%d 1\n%010d 00000 n \n" % (number, place)
    out += b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, trailer, start)
    return bytes(out)
