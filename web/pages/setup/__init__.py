"""What hours rest on: enrolment, work settings, supervisions."""
