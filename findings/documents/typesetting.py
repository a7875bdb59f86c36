"""Sets a page as an accessible PDF, in a process of its own that is given nothing but the page and a stylesheet.

Run by pdf.py: JSON of the page on standard input, the PDF on standard output. It imports nothing of the register, knows
none of its settings, fetches nothing whatever the page says, and ends itself when it takes too long or too much.
"""

import json
import resource
import sys
from copy import deepcopy

NO_LIBRARY = 3  # the status with which it ends where Pango is not installed
MEGABYTE = 2**20


def limit(seconds, megabytes):
    """The most of this process: the kernel ends it beyond."""
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":  # elsewhere a program’s own libraries may be beyond it
        resource.setrlimit(resource.RLIMIT_AS, (megabytes * MEGABYTE, megabytes * MEGABYTE))


def set_as_pdf(html, css, chart_css, address):
    """The PDF (PDF/UA-1: tagged, titled, bookmarked) as bytes."""
    import weasyprint
    from weasyprint.urls import URLFetcher

    nothing = URLFetcher(allowed_protocols=())
    page = weasyprint.HTML(string=html, base_url=address, url_fetcher=nothing)
    for figure in page.etree_element.iter("figure"):
        _complete_pictures(figure, chart_css)
    for line in (*page.etree_element.iter("p"), *page.etree_element.iter("li")):
        _join_spaces(line)
    sheet = weasyprint.CSS(string=css, url_fetcher=nothing)
    return page.write_pdf(stylesheets=[sheet], pdf_variant="pdf/ua-1")


def _join_spaces(line):
    """The space before a link stands in it: where a line breaks between the two, WeasyPrint 70 would otherwise break the
    words before them after the first one."""
    before = None
    for child in line:
        words = (line.text if before is None else before.tail) or ""
        kept = words.rstrip()
        if kept and kept != words and child.tag in ("a", "strong"):
            child.text = " " + (child.text or "")
            if before is None:
                line.text = kept
            else:
                before.tail = kept
        before = child


def _complete_pictures(figure, chart_css):
    """Neither rules of the page nor textures of one picture reach into another: each takes both along."""
    svg = "{http://www.w3.org/2000/svg}"
    textures = [deepcopy(defs) for defs in figure.iter(f"{svg}defs")]
    for picture in figure.iter(f"{svg}svg"):
        style = picture.makeelement(f"{svg}style", {})
        style.text = chart_css
        picture.insert(0, style)
        if picture.find(f"{svg}defs") is None:
            picture.extend(deepcopy(defs) for defs in textures)


def main():
    asked = json.load(sys.stdin.buffer)
    limit(asked["seconds"], asked["megabytes"])
    try:
        import weasyprint  # noqa: F401 - whether its libraries are there
    except OSError as error:
        print(error, file=sys.stderr)
        return NO_LIBRARY
    sys.stdout.buffer.write(set_as_pdf(asked["html"], asked["css"], asked["chart_css"], asked["address"]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
