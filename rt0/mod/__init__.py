"""Modules: from requirements in go.mod to directories with the code of each module of a build.

Takes the go.mod and go.work of the main modules, gives the build list (which version of which module) and where each lies. Not a stage a program passes through:
`load` asks it where packages of other modules are, and the verbs `mod`, `get`, `work` and `list -m` are its own business.

    semver.py, gover.py, path.py     versions of modules and of Go; which paths are valid, and how they are spelled on disk
    syntax.py, modfile.py, workfile.py   go.mod and go.work as trees that keep their comments, edited in place
    zips.py, cache.py, proxy.py, sums.py, sumdb.py   modules from a proxy into GOMODCACHE, with their checksums
    mvs.py, graph.py, resolve.py     minimal version selection over the (pruned) module graph

Read resolve.py first.
"""
