"""A case from official files: where children live, what there is, who is placed, what could open.

``children`` is the seam: children by placement, need and age, from published tables or from an
authority's own return. Everything after it is the same for both.
"""
