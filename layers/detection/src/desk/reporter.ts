/** Who says that something happened; it decides what may come of it. */
export type Reporter =
  /** Our own scenarios; `vouched` is who saw the address: the edge, only an application in its own log, or nobody. */
  | { readonly kind: 'engine'; readonly vouched: 'edge' | 'app-log' | 'agent'; readonly site: string }
  /** A machine with a key. Without `trusted` it can act on users and sessions only. */
  | { readonly kind: 'machine'; readonly name: string; readonly trusted: boolean }
  /** Somebody on the Unix socket. */
  | { readonly kind: 'local'; readonly actor: string }

/** A reporter's name for counting and for people. */
export function reporterName(reporter: Reporter): string {
  switch (reporter.kind) {
    case 'engine':
      if (reporter.vouched === 'edge') return 'edge'
      if (reporter.vouched === 'agent') return 'agent in an application'
      return `log of ${reporter.site === '' ? 'an application' : reporter.site}`
    case 'machine':
      return `machine ${reporter.name}`
    case 'local':
      return reporter.actor
  }
}
