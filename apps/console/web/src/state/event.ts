/** The parts of an event that the page shows; anything may be absent. */
export interface ShownEvent {
  readonly '@timestamp'?: string
  readonly event?: {
    readonly id?: string
    readonly action?: string
    readonly dataset?: string
    readonly outcome?: string
    readonly reason?: string
  }
  readonly message?: string
  readonly source?: { readonly ip?: string }
  readonly user?: { readonly name?: string }
  readonly url?: { readonly original?: string; readonly domain?: string; readonly path?: string }
  readonly http?: {
    readonly request?: { readonly id?: string; readonly method?: string }
    readonly response?: { readonly status_code?: number }
  }
  readonly rule?: { readonly id?: string; readonly name?: string }
  readonly agent?: { readonly id?: string }
  readonly sevenfold?: {
    readonly kind?: string
    readonly layer?: string
    readonly lane?: string
    readonly site?: string
    readonly judgement?: {
      readonly step?: string
      readonly verdict?: string
      readonly rules?: readonly string[]
      readonly matched?: string
      readonly score?: number
    }
    readonly finding?: {
      readonly control?: string
      readonly severity?: string
      readonly summary?: string
      readonly resource?: string
    }
    readonly trace?: readonly { readonly step: string; readonly verdict: string; readonly detail?: string }[]
    readonly decision?: { readonly value?: string; readonly duration?: string; readonly scenario?: string }
  }
}

/** One sentence about an event. */
export function summarise(event: ShownEvent): string {
  const judgement = event.sevenfold?.judgement
  const request = [event.http?.request?.method, event.url?.original].filter(Boolean).join(' ')
  if (judgement !== undefined)
    return `${request} — ${judgement.step}: ${event.rule?.name ?? judgement.rules?.join(', ') ?? judgement.verdict ?? ''}`
  const decision = event.sevenfold?.decision
  if (decision !== undefined)
    return `${event.event?.action ?? 'decision'} ${decision.value ?? ''} for ${decision.duration ?? '?'} (${decision.scenario ?? ''})`
  const finding = event.sevenfold?.finding
  if (finding !== undefined)
    return `${finding.control ?? ''}: ${finding.summary ?? ''} ${finding.resource ?? ''}`
  if (event.message !== undefined) return event.message
  if (event.user?.name !== undefined)
    return `${event.event?.action ?? ''} ${event.user.name}: ${event.event?.outcome ?? ''}`
  return request === ''
    ? (event.event?.action ?? '')
    : `${request} → ${event.http?.response?.status_code ?? '?'}`
}

/** How loud an event is shown. */
export function tone(event: ShownEvent): 'bad' | 'warn' | 'plain' {
  const kind = event.sevenfold?.kind
  if (kind === 'block' || kind === 'decision' || kind === 'detection' || kind === 'loss') return 'bad'
  return event.event?.outcome === 'failure' || kind === 'admin' ? 'warn' : 'plain'
}
