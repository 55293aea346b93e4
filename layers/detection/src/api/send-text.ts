import type { ServerResponse } from 'node:http'

/** A reader that takes nothing for this long is cut off. */
export const maxStallMs = 30_000
/** How long a reader may stall, and the timer for that. */
export interface SendOptions {
  readonly after: (ms: number, run: () => void) => { cancel(): void }
  /** Default `maxStallMs`. */
  readonly maxStallMs?: number
}

/** True when the reader took what was written; false when it went away or stalled too long. */
function drained(response: ServerResponse, options: SendOptions): Promise<boolean> {
  return new Promise((resolve) => {
    const finish = (isDrained: boolean): void => {
      timer.cancel()
      response.off('drain', onDrain)
      response.off('close', onClose)
      resolve(isDrained)
    }
    const onDrain = (): void => finish(true)
    const onClose = (): void => finish(false)
    const timer = options.after(options.maxStallMs ?? maxStallMs, onClose)
    response.once('drain', onDrain)
    response.once('close', onClose)
  })
}

/**
 * Writes pieces of text, with a turn of the event loop between them so that others are answered meanwhile, as fast as the reader takes them, holding one piece in memory. Resolves with true when all of
 * it was handed to the system; false when the reader went away or stalled: then the connection is destroyed.
 */
export async function sendText(
  response: ServerResponse,
  pieces: Iterable<string>,
  options: SendOptions,
): Promise<boolean> {
  for (const piece of pieces) {
    if (response.destroyed) return false
    if (response.write(piece)) await new Promise(setImmediate)
    else if (!(await drained(response, options))) {
      response.destroy()
      return false
    }
  }
  response.end()
  return !response.destroyed
}
