"""The round in words: what a rule, a status or a step is called, and what the law says."""

from __future__ import annotations

from typing import TYPE_CHECKING

from outputs.words import class_name

if TYPE_CHECKING:
    from datetime import date

RULES = {
    "need": "Need not taught",
    "phase": "Not taught in this phase",
    "class": "Class of provision not right, or not advised",
    "feature": "Lacks a must-have feature, or has one ruled out",
    "journey": "Journey beyond the hard limit",
    "start": "Places start too late",
    "year": "Places are for other year groups",
    "mix": "Cannot be held beside another need there",
    "group": "No room in the year's teaching group",
    "full": "No place open or left",
}
"""Why a provision is not for a child."""
IF_RELAXED = {
    "full": "One more place",
    "start": "An earlier start, or a later day to start by",
    "year": "A place for the child's year group",
    "group": "Room in the teaching group",
    "mix": "The mix of needs held",
    "journey": "A longer journey than the hard limit",
    "feature": "The feature provided, or not insisted on",
    "class": "Advice for this class of provision",
    "need": "A provision that takes on the need",
    "none": "None alone would",
    "": "",
}
"""What would have to change, rule by rule."""
STATUSES = {
    "nowhere_suitable": "No suitable provision",
    "no_place": "No place left",
    "place": "A place is kept",
}
PRICES = {
    "nobody loses a place": "Nobody loses a place",
    "another who has waited less gives way": "A child who has waited less gives way",
}
STEPS = {
    "most_children": "Children who have places",
    "guideline": "Journeys beyond the guideline",
    "preferences": "Preferences met",
    "least_cost": "Added spending less what waiting costs, £ a year",
    "soonest": "Weeks to start, added up",
    "shortest": "Minutes on a shared ride, added up",
    "draw": "The draw's numbers, added up",
}
"""What the value of each step counts."""
STEP_WAITS = "Waits, weighed longest first"

NO_DECISION = (
    "Evidence for a panel, never a decision. The arrangement shows how the open places could serve "
    "the most children under the rules told of here; it places nobody, and a child's place in it "
    "is no recommendation."
)
LEGAL = (
    "Which school a plan names follows from the Children and Families Act 2014. Where the parent "
    "or the young person asks for a school (section 38), it must be named unless it is unsuitable "
    "for the child's age, ability, aptitude or special educational needs, or the child's "
    "attendance would be incompatible with the efficient education of others or the efficient use "
    "of resources (section 39); where none is asked for, the authority names one that would be "
    "appropriate (section 40). A school that is named must admit the child (section 43), whether "
    "or not it is called full here."
)
LIMITS = (
    "Suitability here is by need, phase, class, features, year group and journey. It is not a "
    "judgement of the child, nor of what the school says on consultation.",
    "Whether a class of provision is right for a child is known only where the child's own advice "
    "is given; otherwise every class that is right for some children of that need is considered.",
    "Costs are those of a full year. Transport is expected cost: the share of such children who "
    "are transported, times what one more rider costs; a solo taxi costs more.",
    "Journeys are typical minutes by car on an ordinary day, lengthened for a shared ride; they "
    "are no timetabled routes.",
    "Each rule that is relaxed, and each place more, is tried alone, with the mixes of needs held "
    "as the arrangement has them.",
    "The order of the steps is a choice of policy. Another order gives another arrangement.",
)
STEP_ORDER = (
    "Most children have places; then those who have waited longest, a week count at a time; then "
    "as few journeys as can be are beyond the guideline; then most preferences are met; then "
    "spending rises least. Each is kept while the next is improved. Ties go to the soonest starts, "
    "the shortest journeys, and then to a fixed draw that knows no name."
)


def reasons(rules: str) -> str:
    """Return the rules of a cell in words.

    >>> reasons("journey; full")
    'Journey beyond the hard limit; no place open or left'
    """
    words = [RULES[one] for one in rules.split("; ") if one]
    if not words:
        return ""
    later = [word[:1].lower() + word[1:] for word in words[1:]]
    return "; ".join([words[0], *later])


def day(value: date | None) -> str:
    """Return a day as people write it; none is now.

    >>> from datetime import date
    >>> day(date(2027, 1, 4)), day(None)
    ('4 January 2027', 'now')
    """
    if value is None or value != value:  # noqa: PLR0124 - a missing day may be a NaN or NaT
        return "now"
    return f"{value.day} {value:%B %Y}"


def class_words(classes: str, year: int) -> str:
    """Return the classes of a cell in the words of an academic year.

    >>> class_words("special_school; inmss_day", 2026)
    'Special school; Independent special school (day)'
    """
    return "; ".join(class_name(one, year) for one in classes.split("; ") if one)


def year_group(value: object) -> str:
    """Return a national curriculum year as schools say it.

    >>> year_group(0), year_group(-1), year_group(7), year_group(None)
    ('Reception', 'Nursery', 'Year 7', '')
    """
    try:
        year = int(value)  # type: ignore[call-overload]
    except (TypeError, ValueError):
        return ""
    if year < 0:
        return "Nursery"
    return "Reception" if year == 0 else f"Year {year}"
