"""What the organisation starts: audiences, events, broadcasts, and when they are sent."""
