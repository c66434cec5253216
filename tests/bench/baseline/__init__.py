"""What we compare with, on the same rows: the bare floor, and the build every tutorial teaches.

The floor is a plain Django view of the same SQL through a psycopg pool: no authentication, no
validation, no events. The usual build is DRF with ModelSerializer, FilterSet, PageNumber's
COUNT(*), sessions and thirteen middleware.
"""
