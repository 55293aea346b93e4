/**
 * Options of node for workers. Each worker is meant to have a processor: the four threads that V8 starts beside it for
 * compiling and collecting would take turns with it, and with the other workers, 4 ms at a time, while it waits for
 * them. One of them is enough, and none to collect what is young: that is done by the one that has to wait for it anyway.
 * What is young is collected more often and in a quarter of the time, because nobody is served meanwhile: 16 MB of it
 * took 15 ms when all of it belonged to connections that had just come. What lives longer may grow by two thirds before it is
 * collected, not grow by whatever V8 thinks: connections that are gone are most of it.
 */
export const workerOptions: readonly string[] = [
  '--v8-pool-size=1',
  '--no-parallel-scavenge',
  '--max-semi-space-size=4',
  '--heap-growing-percent=70',
]
