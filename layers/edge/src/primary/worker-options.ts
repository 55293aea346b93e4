/**
 * Options of node for workers. Each worker is meant to have a processor: the four threads that V8 starts beside it for
 * compiling and collecting would take turns with it, and with the other workers, 4 ms at a time, while it waits for
 * them. One of them is enough.
 */
export const workerOptions: readonly string[] = ['--v8-pool-size=1']
