"""The language of deadlines: text, schedule, days, and the working-day calendar. Pure."""
