"""Dates, times and numbers as the GOV.UK style guide writes them."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "j F Y, H:i"
MONTH_DAY_FORMAT = "j F"
YEAR_MONTH_FORMAT = "F Y"

DATE_INPUT_FORMATS = [
    "%d/%m/%Y",  # 05/08/2016, and 5/8/2016
    "%d %B %Y",  # 5 August 2016
    "%d %b %Y",  # 5 Aug 2016
    "%Y-%m-%d",  # 2016-08-05, as filters keep it in the URL
    "%d-%m-%Y",
    "%d.%m.%Y",
]

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
