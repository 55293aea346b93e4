import type { OutgoingGuard } from '../../outgoing-guard.ts'
import { patch, rejected } from '../patch.ts'

/** The undici package: each of its request functions takes the address first and answers with a promise. */
export function hookUndici(guard: OutgoingGuard, exported: unknown): void {
  for (const name of ['request', 'fetch', 'stream', 'connect', 'upgrade']) {
    patch(
      exported,
      name,
      (original) =>
        function (this: unknown, ...args: unknown[]): unknown {
          const refusal = guard.checkUrl(`undici.${name}`, args[0])
          return refusal === null ? original.apply(this, args) : rejected(refusal)
        },
    )
  }
}
