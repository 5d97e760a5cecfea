"""The report as a page: one HTML file that opens from disk and asks nobody for anything.

`render.py` puts page.css, page.js and the report's data into page.html. The script draws the data; all text of the program reaches the page as text nodes, never as HTML.
"""
