"""The providers: one folder for each vendor, behind one frozen contract (``provider``) and one catalogue (``catalogue``)."""
