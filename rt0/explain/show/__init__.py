"""The facts as text, a file per step: `brief(facts)` is two or three lines for the report of all steps, `lines(facts)` is everything."""
