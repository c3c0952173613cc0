"""The shapes of the statutory returns as tables: LSRP, DSG management plan, SCAP.

The three ask for the same children cut in different ways. They are all added up from one table of
whole numbers a year, so a total is the same wherever it stands.
"""
