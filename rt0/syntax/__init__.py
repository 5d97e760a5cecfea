"""Stage 2: bytes -> tokens -> nodes with positions.

Takes a SourceFile, gives a File (nodes.py). Afterwards the tree is complete and syntactically right, or the errors say why not; labels
and branches have been checked; nothing is known about names and types. Bodies of dependencies may still be missing: `parse_body`
fills them in. Read parser.py first, then scanner.py.
"""
