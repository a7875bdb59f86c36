"""What the templates of documents ask of a document with an argument."""

from django import template

register = template.Library()


@register.filter
def number_of(document, source):
    """The number of the source in the document’s list."""
    return document.number_of(source)


@register.filter
def absolute(document, url):
    """The address as it can be opened from paper."""
    return document.absolute(url)
