package s6
