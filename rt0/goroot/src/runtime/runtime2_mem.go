// What the memory, channel and timer half of the runtime keeps in each g, m and p.

package runtime

type gMemory struct{}

type mMemory struct{}

type pMemory struct{}
