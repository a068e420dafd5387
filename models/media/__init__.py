"""Media that people sent: fetched from Twilio to a store of our own, checked, and deleted at Twilio when asked."""
