"""The mailing lists: subscribers, campaigns, messages and the SMTP sender."""
