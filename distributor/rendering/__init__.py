"""From wording to proof. Pure: no network, no database, no Django."""
