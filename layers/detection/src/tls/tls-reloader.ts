import type { SecureContextOptions } from 'node:tls'
import type { Clock, Timer } from '@sevenfold/layer'
import { loadTls, tlsStamp } from './tls-files.ts'
import type { LoadedTls, TlsFiles } from './tls-files.ts'

/** How often the files are looked at. */
export const tlsCheckMs = 2_000

/** What following the files needs. */
export interface TlsReloaderOptions {
  readonly files: TlsFiles
  readonly clock: Pick<Clock, 'after'>
  /** Takes what new connections are encrypted with. */
  readonly use: (context: SecureContextOptions) => void
  readonly onLoaded: (loaded: LoadedTls) => void
  /** Files that changed and cannot be used: what was in force stays. */
  readonly onProblem: (error: unknown) => void
}

/** Takes over renewed certificates while the listener runs; connections that are open go on. */
export class TlsReloader {
  readonly #options: TlsReloaderOptions
  #stamp: string
  #timer: Timer | undefined

  /** `stamp` is that of the files as they were loaded. */
  constructor(options: TlsReloaderOptions, stamp: string) {
    this.#options = options
    this.#stamp = stamp
    this.#schedule()
  }

  #schedule(): void {
    this.#timer = this.#options.clock.after(tlsCheckMs, () => {
      this.check()
      this.#schedule()
    })
  }

  /** Looks at the files now. Never throws. */
  check(): void {
    const { files, use, onLoaded, onProblem } = this.#options
    const stamp = tlsStamp(files)
    // Half of a renewal (one file gone, or certificate and key of two generations) is looked at again.
    if (stamp === '' || stamp === this.#stamp) return
    this.#stamp = stamp
    try {
      const loaded = loadTls(files)
      use(loaded.context)
      onLoaded(loaded)
    } catch (error) {
      onProblem(error)
    }
  }

  stop(): void {
    this.#timer?.cancel()
  }
}
