/** More connections than there were, after which those that came are collected; see `collectYoung`. */
export const newPerCollection = 64

/**
 * Collects the young generation, where the process was started with `--expose-gc`; elsewhere nothing is done.
 *
 * A collection takes as long as there is something that stays, and nobody is served meanwhile. V8 waits until 16 MB are
 * full: of hundreds of connections that have just come, and stay, for 15 ms. Collected after a few of them it is over soon.
 */
export function collectYoung(): void {
  const { gc } = globalThis as { readonly gc?: (options: { readonly type: 'minor' }) => void }
  gc?.({ type: 'minor' })
}
