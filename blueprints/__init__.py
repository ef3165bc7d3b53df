"""A region as data: organisations, languages, skills, formats, surveys, timings, targets."""
