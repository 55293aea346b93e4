import type { NetworkSet } from '../address/client-address.ts'
import type { HttpLimits } from '../http/limits.ts'
import type { TlsListener } from '../tls/tls-listener.ts'

/** Where and how an engine listens. */
export interface ListenOptions {
  /** Literal address; ignored with `path`. */
  readonly host: string
  /** 0 takes a free one; ignored with `path`. */
  readonly port: number
  /** Absolute path of a Unix socket. Whoever may open it counts as a program of this host. */
  readonly path?: string
  /** Peers whose connections begin with a PROXY protocol header; nobody else's is believed. */
  readonly proxies?: NetworkSet
  /** Certificates; absent: no TLS. */
  readonly tls?: TlsListener
  /** Limits of this listener where they differ from those of the engine. */
  readonly limits?: HttpLimits
}
