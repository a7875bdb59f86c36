"""The database view behind `Concern`: made anew after every migration, gone while tables are rebuilt."""

from django.db import connections, transaction

NAME = "inspections_concern"
TABLES = {
    "agencies_agency",
    "agencies_policing",
    "inspections_inspection",
    "inspections_inspection_participating_agencies",
}
# One row for each inspection and force, however it is concerned; `polices` is 1 where it policed the council.
SELECT = """
SELECT inspection_id, force_id, MAX(polices) AS polices FROM (
SELECT inspection.id AS inspection_id, inspection.inspected_agency_id AS force_id, 0 AS polices
  FROM inspections_inspection inspection
  JOIN agencies_agency inspected ON inspected.id = inspection.inspected_agency_id
 WHERE inspected.kind = 'police_force'
UNION ALL
SELECT inspection.id, policing.force_id, 1
  FROM inspections_inspection inspection
  JOIN agencies_policing policing ON policing.authority_id = inspection.inspected_agency_id
 WHERE (policing.valid_from IS NULL
        OR policing.valid_from <= COALESCE(inspection.fieldwork_to, inspection.published_on))
   AND (policing.valid_to IS NULL
        OR policing.valid_to >= COALESCE(inspection.fieldwork_to, inspection.published_on))
UNION ALL
SELECT participation.inspection_id, participation.agency_id, 0
  FROM inspections_inspection_participating_agencies participation
  JOIN agencies_agency participant ON participant.id = participation.agency_id
 WHERE participant.kind = 'police_force'
) AS concern
GROUP BY inspection_id, force_id
"""


def drop_before(*, plan, using, **kwargs):
    """SQLite rebuilds a table to alter it, and refuses while a view reads it."""
    if plan:
        with connections[using].cursor() as cursor:
            cursor.execute(f"DROP VIEW IF EXISTS {NAME}")


def make_after(*, using, **kwargs):
    """Nothing to read before the tables are there, or after they were migrated away."""
    connection = connections[using]
    if not set(connection.introspection.table_names()) >= TABLES:
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(f"DROP VIEW IF EXISTS {NAME}")
        cursor.execute(f"CREATE VIEW {NAME} AS {SELECT}")
