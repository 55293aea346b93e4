/**
 * What happened, as scenarios see it: a moment and flat text fields with the hub's names (`source_ip`, `http_status`,
 * `http_path`, `http_verb`, `http_user_agent`, `target_user`, `log_type`, `service`). A field that is not known is
 * absent and reads as an empty text.
 */
export interface BehaviourEvent {
  /** Milliseconds since 1970: when it happened according to its source. */
  readonly time: number
  readonly meta: Readonly<Record<string, string>>
}

/** A field of an event; an empty text where it is absent. */
export function metaOf(event: BehaviourEvent, name: string): string {
  return Object.hasOwn(event.meta, name) ? (event.meta[name] ?? '') : ''
}
