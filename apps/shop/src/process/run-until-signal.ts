/** Tells the parent, if any, that the process serves. */
export function tellReady(listen: readonly { readonly name: string; readonly url: string }[]): void {
  process.send?.({ type: 'ready', listen })
}

/** Writes a readable error and ends with code 3 (environment). */
export function failStart(name: string, error: unknown, hint: string): never {
  const what = error instanceof Error ? error.message : String(error)
  process.stderr.write(`${name}: error: ${what}\nhint: ${hint}\n`)
  process.exit(3)
}

/** Runs `stop` once on SIGTERM, SIGINT or when the parent goes away, then ends the process. */
export function stopOnSignal(stop: () => Promise<void>): void {
  let stopping = false
  const end = (): void => {
    if (stopping) return
    stopping = true
    // Whatever hangs must not keep the process: supervisors wait three seconds.
    setTimeout(() => process.exit(0), 2500).unref()
    void stop().finally(() => process.exit(0))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  process.on('disconnect', end)
}
