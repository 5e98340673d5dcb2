"""What therapists log: the week, sessions and activities, their forms and histories."""
