/** Waits between attempts: 1 s, doubled to 60 s. */
export function backoffMs(failures: number): number {
  return Math.min(60_000, 1_000 * 2 ** Math.min(6, Math.max(0, failures - 1)))
}
