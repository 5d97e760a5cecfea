package runtime

// Histograms of durations, for runtime/metrics: four buckets for each power of two, as Go's (runtime/histogram.go, go1.27) has them.
//
//	counts[0..3]     below 2^8 ns, 64 ns each
//	counts[4b..4b+3] the quarters of 2^(b+7) .. 2^(b+8) ns

import (
	"internal/runtime/atomic"
	"internal/runtime/sys"
)

const (
	timeHistMinBits = 9  // durations of fewer bits share the first four buckets
	timeHistMaxBits = 48 // durations of as many bits are counted as overflow
	timeHistSubBits = 2
	timeHistSubs    = 1 << timeHistSubBits
	timeHistPowers  = timeHistMaxBits - timeHistMinBits + 1
)

// timeHistogram counts durations. All fields are atomic.
type timeHistogram struct {
	counts    [timeHistPowers * timeHistSubs]atomic.Uint64
	underflow atomic.Uint64 // negative ones
	overflow  atomic.Uint64
}

// record counts a duration of ns nanoseconds.
func (h *timeHistogram) record(ns int64) {
	if ns < 0 {
		h.underflow.Add(1)
		return
	}
	bits := max(sys.Len64(uint64(ns)), timeHistMinBits-1)
	power := bits - (timeHistMinBits - 1)
	if power >= timeHistPowers {
		h.overflow.Add(1)
		return
	}
	sub := ns >> (max(bits, timeHistMinBits) - 1 - timeHistSubBits) % timeHistSubs
	h.counts[power*timeHistSubs+int(sub)].Add(1)
}

// limits fills in the limits of the buckets, in seconds: -Inf, those of counts, the end of the last, +Inf.
func (h *timeHistogram) limits(out []float64) {
	out[0] = float64frombits(0xFFF0000000000000)
	for i := range h.counts {
		power, sub := i/timeHistSubs, uint64(i%timeHistSubs)
		ns := sub << (timeHistMinBits - 1 - timeHistSubBits)
		if power > 0 {
			top := timeHistMinBits + power - 2
			ns = 1<<top + sub<<(top-timeHistSubBits)
		}
		out[1+i] = float64(ns) / 1e9
	}
	out[len(h.counts)+1] = float64(uint64(1)<<(timeHistMaxBits-1)) / 1e9
	out[len(h.counts)+2] = float64frombits(0x7FF0000000000000)
}

// write makes v the histogram as it is now.
func (h *timeHistogram) write(v *metricValue) {
	out := v.histogram(len(h.counts) + 2)
	h.limits(out.buckets)
	out.counts[0] = h.underflow.Load()
	for i := range h.counts {
		out.counts[1+i] = h.counts[i].Load()
	}
	out.counts[len(h.counts)+1] = h.overflow.Load()
}
