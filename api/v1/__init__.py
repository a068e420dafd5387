"""The JSON API, version 1: one router for each kind of resource, behind one guard."""
