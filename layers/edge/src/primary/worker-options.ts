/**
 * Options of node for workers. Each worker is meant to have a processor: the four threads that V8 starts beside it for
 * compiling and collecting would take turns with it, and with the other workers, 4 ms at a time, while it waits for
 * them. One of them is enough, and none to collect what is young: that is done by the one that has to wait for it anyway,
 * and early when many connections have come (listen/collect-young.ts). What lives longer may grow by 70 % before it is
 * collected, less than V8 would let it: after a crowd most of it are connections that are gone.
 */
export const workerOptions: readonly string[] = [
  '--v8-pool-size=1',
  '--no-parallel-scavenge',
  '--expose-gc',
  '--heap-growing-percent=70',
]
