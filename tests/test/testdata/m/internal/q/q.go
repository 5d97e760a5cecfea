package q

import "nosuch/pkg"

var _ = pkg.X
