// Mandelbrot set: iterations until escape, summed.
package main

import "fmt"

func main() {
	const n, limit = 600, 200
	total := 0
	for y := 0; y < n; y++ {
		for x := 0; x < n; x++ {
			cr, ci := 2*float64(x)/n-1.5, 2*float64(y)/n-1
			zr, zi := 0.0, 0.0
			k := 0
			for ; k < limit && zr*zr+zi*zi <= 4; k++ {
				zr, zi = zr*zr-zi*zi+cr, 2*zr*zi+ci
			}
			total += k
		}
	}
	fmt.Println(total)
}
