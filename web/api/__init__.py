"""The same use cases as the pages, for programs: one file a resource, one declaration a route."""
