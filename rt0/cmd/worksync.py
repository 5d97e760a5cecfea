"""`rt0 work sync`: the versions of the workspace's build list go into the go.mod files of its modules (cmd/go/internal/workcmd/sync.go, go1.27)."""

from __future__ import annotations

import dataclasses

from rt0.cmd.modargs import stop
from rt0.cmd.modsession import guarded, new_flags, new_session
from rt0.cmd.workedit import NO_WORK, read, update_go, write
from rt0.mod import gover
from rt0.mod.editing import edit_requirements
from rt0.mod.path import Version
from rt0.mod.resolve import Session, Wanted


def sync(args: list[str]) -> int:
    fs = new_flags("rt0 work sync", "Brings the go.mod files of the workspace's modules up to the versions that the workspace selects.")
    values, _ = fs.parse(args)

    def run() -> int:
        s = new_session(values, "work sync")
        if not s.state.in_work:
            raise stop(NO_WORK)
        s.graph()
        wanted = Wanted(any_tags=True, vendor_in_std=True, load_tests=True, allow_errors=True, silence=True)
        add: dict[str, list[Version]] = {}
        for main in s.state.main:
            s.load_packages(wanted, s.main_packages(main.mod, main.root), True)
            assert s.loader is not None
            add[main.root] = sorted({p.mod for p in s.loader.packages if p.mod.version}, key=gover.sort_key)
        go = ""
        changed: list[Session] = []
        for main in s.state.main:
            one = Session(dataclasses.replace(s.o, work="", cwd=main.root), s.state.source)
            rs, different = edit_requirements(one.load(), add[main.root], [], one.queries, False)
            one.requirements = rs
            if different:
                one.load_packages(dataclasses.replace(wanted, tidy=True, silence_missing_std=True), ["all"], True)
                changed.append(one)
            go = gover.newest(go, one.state.go_version())
        for one in changed:
            one.commit()
        w = read(s.o.work)
        update_go(w, go)
        write(s.o.work, w)
        return 0

    return guarded(run)
