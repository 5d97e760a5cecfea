package y
import _ "example.com/m/s6"
