"""Whether the database still is as its migrations left it: rights, policies, triggers, bodies."""
