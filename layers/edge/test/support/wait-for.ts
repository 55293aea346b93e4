/** Waits until `done` holds, looking every few milliseconds; throws after `ms`. */
export async function waitFor(done: () => boolean, what = 'a condition', ms = 10_000): Promise<void> {
  const deadline = performance.now() + ms
  while (!done()) {
    if (performance.now() > deadline) throw new Error(`timed out: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
