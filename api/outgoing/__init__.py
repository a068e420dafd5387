"""Events told to other systems: signed webhooks and flow runs, tried again until they are taken."""
