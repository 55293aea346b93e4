/** Seconds between heartbeats. */
export const heartbeatIntervalSeconds = 10
/** A heartbeat older than this is refused and reported. */
export const heartbeatMaxAgeSeconds = 30
/** Seconds between canaries (each at a random moment within its period). */
export const canaryIntervalSeconds = 60
/** A canary result older than this counts as failed. */
export const canaryMaxAgeSeconds = 150
/** First line of the signed text; the heartbeat's JSON text follows. */
export const heartbeatContext = 'sevenfold-heartbeat/1'

/** Mode of a layer, or of a layer on one site. */
export type Mode = 'off' | 'monitor' | 'enforce'

/** Last event of a lane and the hash over all its blocks. */
export interface LaneHead {
  readonly sequence: number
  /** Lower-case hex; see `chainSeed` and `chainNext`. */
  readonly hash: string
}

/** Last result of the attack that another part sent through the live path. */
export interface CanaryResult {
  readonly ok: boolean
  /** ISO 8601 UTC. */
  readonly time: string
  readonly attack?: string
}

/** Earliest expiries, ISO 8601 UTC; absent where the part has none. */
export interface Expiries {
  readonly certificates?: string
  readonly keys?: string
  readonly feeds?: string
  readonly rules?: string
}

/** What a part says of itself every 10 s. */
export interface HeartbeatBody {
  readonly v: 1
  readonly agent: string
  readonly epoch: string
  /** Counts starts of this part on this data folder; never falls. */
  readonly boot: number
  /** ISO 8601 UTC. */
  readonly time: string
  /** The receiver's last nonce, or the probe's; empty before the first answer. */
  readonly nonce: string
  readonly mode: Mode
  /** Modes of sites that differ from `mode`. */
  readonly sites?: Readonly<Record<string, Mode>>
  readonly lanes: { readonly high: LaneHead; readonly low: LaneHead }
  /** Counters of the part since boot; names are stable, values never fall within a boot. */
  readonly counters: Readonly<Record<string, number>>
  /** SHA-256 of the compiled configuration in force, lower-case hex. */
  readonly config: string
  /** Newest ledger checkpoint seen (C2SP signed note text), so that every part is a witness against rollback. */
  readonly checkpoint?: string
  readonly expiry: Expiries
  readonly canary?: CanaryResult
}

/**
 * A heartbeat on the wire. The signature covers `heartbeatContext + "\n" + body` with `body` exactly as it stands
 * in this document, so that nobody needs a canonical JSON form.
 */
export interface SignedHeartbeat {
  /** JSON text of a `HeartbeatBody`. */
  readonly body: string
  /** Key id as in `BatchHeaders.key`. */
  readonly key: string
  /** Base64 Ed25519 signature, 64 bytes. */
  readonly signature: string
}

/** Answer to `POST /v1/heartbeats`: the nonce that the next heartbeat must carry. */
export interface HeartbeatAccepted {
  readonly nonce: string
  /** The ledger's newest checkpoint (C2SP signed note); the part repeats it in its heartbeats and so bears witness. */
  readonly checkpoint?: string
}
