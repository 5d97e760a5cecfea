package s6

import (_ "example.com/m/s6/y"; "testing")

func TestX(t *testing.T) { }
