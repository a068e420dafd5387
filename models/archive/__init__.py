"""Raw deliveries kept outside the database too, as files in a folder or in object storage."""
