import type { AttackFacts } from '../attack/attack.ts'
import type { Outgoing } from '../visitor/visitor.ts'

/** Where the probes of a foreign site go. */
export interface TargetPaths {
  /** A page that takes a parameter; default `/`. */
  readonly page: string
  /** A path that may be sent bodies; undefined: nothing is posted. */
  readonly post: string | undefined
}

/**
 * An attack on a site that we know nothing about: one request that a layer should refuse whatever the site does, and
 * the nearest innocent request. It changes nothing and takes nothing: it is refused, or the site ignores it.
 */
export interface TargetProbe extends AttackFacts {
  readonly attack: Outgoing
  readonly twin: Outgoing
}
