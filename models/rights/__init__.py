"""What a person may ask for about themselves, to see it and to have it erased, and how long anything is kept."""
