"""A template of a school's own, whole and in pieces."""

HEAD = """\
id = "support-plan"
version = 1
title = "Fernbank support plan"
short = "support plan"
jurisdiction = "England"
status = "local"
citation = "Fernbank School, SEND policy 2026"
mark = "read"
"""

SECTION = """
[[section]]
id = "HELP"
title = "What helps"
kind = "provision"

[section.appealable]
is = "no"

[section.duty_holder]
is = "Fernbank School"

[section.written_by]
is = ["SENCO", "class teacher"]

[section.advised_by]
is = ["class teacher"]
"""

OTHER = """
[[section]]
id = "VIEWS"
title = "What the child says"
kind = "views"
"""

FROM_YEAR = """
[[from_year]]
year = 9
sections = ["HELP"]
must = "say what helps with the next step"
citation = "Fernbank School, SEND policy 2026"
mark = "read"

[from_year.advice]
kind = "preparation for adulthood"
"""

WHOLE = HEAD + SECTION + OTHER + FROM_YEAR
