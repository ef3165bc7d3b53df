"""What people type, understood: countries, cities, days, languages, choices, plain words."""
