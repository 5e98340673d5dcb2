"""What can be done with hours: state what they rest on, log activities, submit and sign weeks."""
