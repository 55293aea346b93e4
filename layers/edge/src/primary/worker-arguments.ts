/** Young generation of a worker in MiB. */
const semiSpace = 32
const option = '--max-semi-space-size'

/**
 * Options of node for a worker: those of this process, and more room for what a request needs. With the 16 MiB of node
 * a collection comes while half of what it finds belongs to requests under inspection, and moves that to the old
 * generation; with the double a request with 4 KB of JSON costs a quarter less, and the process is no larger. Whoever
 * chose a size for this process (the demo, which saves memory) chose it for its workers.
 */
export function workerArguments(own: readonly string[]): readonly string[] {
  const chosen = own.some((one) => one.startsWith(option))
  return chosen ? own : [...own, `${option}=${semiSpace}`]
}
