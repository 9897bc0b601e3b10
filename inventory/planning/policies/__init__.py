"""What the planners want: classes, rules by class, overrides, lead times."""
