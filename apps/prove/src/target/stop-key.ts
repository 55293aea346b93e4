/** The part of a terminal's input that is needed. */
export interface KeyStream {
  readonly isTTY?: boolean
  setRawMode?(raw: boolean): unknown
  on(event: 'data', listener: (chunk: Buffer) => void): unknown
  off(event: 'data', listener: (chunk: Buffer) => void): unknown
  resume(): unknown
  pause(): unknown
}

/** A key that stops what runs. */
export interface StopKey {
  readonly signal: AbortSignal
  /** False where nobody can press a key. */
  readonly isWatching: boolean
  close(): void
}

const interrupt = 3 // Ctrl-C, which raw mode no longer turns into a signal

/** Aborts its signal when somebody presses q or Ctrl-C; without a terminal it never does. */
export function watchStopKey(input: KeyStream | undefined): StopKey {
  const controller = new AbortController()
  if (input?.isTTY !== true || input.setRawMode === undefined)
    return { signal: controller.signal, isWatching: false, close: () => undefined }
  const onKey = (chunk: Buffer): void => {
    if (chunk.includes('q') || chunk.includes(interrupt)) controller.abort(new Error('stopped by hand'))
  }
  input.setRawMode(true)
  input.on('data', onKey)
  input.resume()
  return {
    signal: controller.signal,
    isWatching: true,
    close: () => {
      input.off('data', onKey)
      input.setRawMode?.(false)
      input.pause()
    },
  }
}
