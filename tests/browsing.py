"""What a browser makes of a page: its text, links, errors and forms, and how it sends a form back."""

from html.parser import HTMLParser

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}


class Element:
    def __init__(self, tag, attrs=(), parent=None):
        self.tag, self.parent, self.children = tag, parent, []
        self.attrs = {name: value if value is not None else "" for name, value in attrs}

    def __getitem__(self, name):
        return self.attrs[name]

    def get(self, name, default=None):
        return self.attrs.get(name, default)

    def walk(self):
        for child in self.children:
            if isinstance(child, Element):
                yield child
                yield from child.walk()

    def find_all(self, tag=None, **attrs):
        """Elements of this tag whose attributes have these values; `class_` is one of the classes."""
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            element
            for element in self.walk()
            if (tag is None or element.tag == tag)
            and all(
                value in element.get(name, "").split() if name == "class" else element.get(name) == value
                for name, value in wanted.items()
            )
        ]

    def find(self, tag=None, **attrs):
        return next(iter(self.find_all(tag, **attrs)), None)

    @property
    def raw(self):
        """The text as it stands, every blank and line break kept."""
        return "".join(child if isinstance(child, str) else child.raw for child in self.children)

    @property
    def text(self):
        return " ".join(self.raw.split())


class _Tree(HTMLParser):
    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.root = self.here = Element("root")

    def handle_starttag(self, tag, attrs):
        element = Element(tag, attrs, self.here)
        self.here.children.append(element)
        if tag not in VOID:
            self.here = element

    def handle_endtag(self, tag):
        at = self.here
        while at is not self.root and at.tag != tag:
            at = at.parent
        if at is not self.root:
            self.here = at.parent

    def handle_data(self, data):
        self.here.children.append(data)


def page(response):
    """The response's HTML as a tree."""
    tree = _Tree()
    tree.feed(response.content.decode())
    return tree.root


def text(response):
    """What is written in the main part of the page."""
    tree = page(response)
    return (tree.find("main") or tree).text


def seen(response):
    """What the main part of the page shows: without what only screen readers say."""
    tree = page(response)
    for element in tree.find_all(class_="govuk-visually-hidden"):
        element.children = []
    return (tree.find("main") or tree).text


def error_summary(response):
    """Lines of the error summary."""
    box = page(response).find("ul", class_="govuk-error-summary__list")
    return [line.text for line in box.find_all("li")] if box else []


def errors_beside(response, field_id):
    """The errors next to one field."""
    box = page(response).find("ul", id=f"{field_id}_error")
    return [line.text.removeprefix("Error: ") for line in box.find_all("li")] if box else []


def form(response):
    """(address, fields as a browser would send them) of the page's own form, `app-form`."""
    found = page(response).find("form", class_="app-form")
    assert found is not None, f"no form on the page: {text(response)[:300]}"
    path = response.wsgi_request.get_full_path()
    return found.get("action") or path, _fields(found)


def _fields(found):
    fields = {}
    for element in found.walk():
        name, kind = element.get("name"), element.get("type", "text")
        if not name:
            continue
        if element.tag == "textarea":
            # HTML drops the line break right after the tag.
            fields.setdefault(name, []).append(element.raw.removeprefix("\n"))
        elif element.tag == "select":
            options = element.find_all("option")
            chosen = [option for option in options if "selected" in option.attrs] or options[:1]
            fields.setdefault(name, []).extend(option.get("value", "") for option in chosen)
        elif element.tag == "input" and (kind not in ("radio", "checkbox") or "checked" in element.attrs):
            fields.setdefault(name, []).append(element.get("value", "on" if kind == "checkbox" else ""))
    return fields


def as_sent(value):
    """Browsers send every line break as CR LF."""
    return str(value).replace("\r\n", "\n").replace("\n", "\r\n")


def filled(fields, changes):
    """Form fields with some changed; None takes a field away, as an unticked box does."""
    sent = {**fields, **changes}
    return {
        name: [as_sent(item) for item in (value if isinstance(value, (list, tuple)) else [value])]
        for name, value in sent.items()
        if value is not None
    }


def submit(client, response, button="save", **changes):
    """Fills in the page's form and presses a button of it."""
    address, fields = form(response)
    data = filled(fields, changes)
    if button:
        data[button] = ["1"]
    return client.post(address, data)


def choices(response, name):
    """{value: label} of a select, of radios or of checkboxes."""
    tree = page(response)
    if select := tree.find("select", name=name):
        return {option.get("value", ""): option.text for option in select.find_all("option")}
    labels = {label.get("for"): label.text for label in tree.find_all("label")}
    return {box["value"]: labels.get(box.get("id"), "") for box in tree.find_all("input", name=name)}
