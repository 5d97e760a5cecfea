package s1
