// Random numbers for the runtime: seeds of maps and hashes, scheduling, math/rand/v2's global source.
//
// rand: ChaCha8 per M, seeded from a global ChaCha8, seeded from the kernel (the 16 bytes every program gets, and getrandom).
// cheaprand: a multiplication per number (wyrand); not for anything an attacker can gain from.

package runtime

import (
	"internal/chacha8rand"
	"math/bits"
	_ "unsafe" // for linkname
)

type mrand = chacha8rand.State

var globalRand struct {
	lock  mutex
	seed  [32]byte
	state chacha8rand.State
	init  bool
}

func randinit() {
	seed := &globalRand.seed
	n := readRandom(seed[:])
	for i, c := range startupRand {
		seed[i%len(seed)] ^= c
	}
	if n != len(seed) && len(startupRand) == 0 {
		x := uint64(nanotime()) ^ uint64(cputicks())
		for i := range seed {
			x = x*6364136223846793005 + 1442695040888963407
			seed[i] ^= byte(x >> 56)
		}
	}
	globalRand.state.Init(*seed)
	clear(seed[:])
	globalRand.init = true
}

// bootstrapRand returns a number from the global source.
func bootstrapRand() uint64 {
	lock(&globalRand.lock)
	if !globalRand.init {
		throw("randinit missed")
	}
	for {
		if x, ok := globalRand.state.Next(); ok {
			unlock(&globalRand.lock)
			return x
		}
		globalRand.state.Refill()
	}
}

func bootstrapRandReseed() {
	lock(&globalRand.lock)
	globalRand.state.Reseed()
	unlock(&globalRand.lock)
}

func mrandinit(mp *m) {
	var seed [4]uint64
	for i := range seed {
		seed[i] = bootstrapRand()
	}
	bootstrapRandReseed()
	mp.chacha8.Init64(seed)
	mp.cheaprand = rand64from(mp)
}

func rand64from(mp *m) uint64 {
	for {
		x, ok := mp.chacha8.Next()
		if ok {
			return x
		}
		mp.chacha8.Refill()
	}
}

// rand returns a random number from the M's ChaCha8.
func rand() uint64 {
	mp := acquirem()
	x := rand64from(mp)
	releasem(mp)
	return x
}

func rand32() uint32 { return uint32(rand() >> 32) }

func randn(n uint32) uint32 { return uint32((uint64(uint32(rand())) * uint64(n)) >> 32) }

//go:linkname maps_rand internal/runtime/maps.rand
func maps_rand() uint64 { return rand() }

func cheaprand() uint32 {
	mp := getg().m
	mp.cheaprand += 0xa0761d6478bd642f
	hi, lo := bits.Mul64(mp.cheaprand, mp.cheaprand^0xe7037ed1a0b428db)
	return uint32(hi ^ lo)
}

func cheaprand64() int64 { return int64(cheaprand())<<31 ^ int64(cheaprand()) }

func cheaprandn(n uint32) uint32 { return uint32((uint64(cheaprand()) * uint64(n)) >> 32) }

//go:linkname legacy_fastrand runtime.fastrand
func legacy_fastrand() uint32 { return uint32(rand()) }

//go:linkname legacy_fastrandn runtime.fastrandn
func legacy_fastrandn(n uint32) uint32 { return randn(n) }

//go:linkname legacy_fastrand64 runtime.fastrand64
func legacy_fastrand64() uint64 { return rand() }

//go:linkname rand_fatal crypto/rand.fatal
func rand_fatal(s string) { fatal(s) }

//go:linkname fips_fatal crypto/internal/fips140.fatal
func fips_fatal(s string) { fatal(s) }
