import type { EventDraft, SevenfoldKind } from '@sevenfold/event'
import type { Clock, Timer } from '../clock/clock.ts'

/** Events of one (source, rule, site) within a window that are kept as they are; the rest becomes one counted event. */
export const foldAfter = 20
/** Length of a fold window in milliseconds. */
export const foldWindowMs = 60_000
/** Keys kept exactly; beyond them, and under pressure, sources fold together. */
export const maxFoldKeys = 20_000

// How often ended windows are looked for; a counted event comes at most this much late.
const sweepMs = 5000
// Kinds that someone outside can cause at will. Decisions, admin acts, heartbeats, losses and epochs never fold.
const foldable: ReadonlySet<SevenfoldKind> = new Set([
  'access',
  'block',
  'authentication',
  'detection',
  'finding',
  'notice',
])

interface Window {
  readonly startedMs: number
  readonly coarse: boolean
  seen: number
  folded: number
  first: string
  last: EventDraft
}

/** Decides which events of the high lane stand for themselves. */
export interface Fold {
  /** True: queue the draft. False: it is counted in. `pressed`: sources of one rule and site fold together. */
  admit(draft: EventDraft, pressed: boolean): boolean
  /** Emits the counted events of all windows now. */
  flush(): void
  close(): void
}

/** What a fold needs. */
export interface FoldOptions {
  readonly clock: Clock
  /** Takes the counted events. */
  readonly emit: (draft: EventDraft) => void
}

/** True for kinds that someone outside can cause at will. */
export function isFoldable(draft: EventDraft): boolean {
  return foldable.has(draft.sevenfold.kind)
}

/** A successful login is what an attacker would like to hide: it is never folded with those of other sources. */
export function isProtected(draft: EventDraft): boolean {
  return draft.sevenfold.kind === 'authentication' && draft.event.outcome === 'success'
}

function ruleOf(draft: EventDraft): string {
  return (
    draft.rule?.id ??
    draft.rule?.name ??
    draft.sevenfold.judgement?.step ??
    draft.sevenfold.finding?.control ??
    ''
  )
}

function coarseKey(draft: EventDraft): string {
  const { kind, site } = draft.sevenfold
  return `${kind}\n${draft.event.action}\n${draft.event.outcome ?? ''}\n${ruleOf(draft)}\n${site ?? ''}`
}

function exactKey(draft: EventDraft): string {
  const who = draft.source?.ip ?? draft.source?.address ?? ''
  return `${coarseKey(draft)}\n${who}\n${draft.user?.name ?? ''}\n${draft.sevenfold.finding?.resource ?? ''}`
}

/** The counted event: the last repeat with the number of all; without a source when it stands for many. */
function countedDraft(window: Window): EventDraft {
  const { source, user, ...rest } = window.last
  const repeat = { count: window.folded, first: window.first, last: window.last['@timestamp'] }
  const who = window.coarse
    ? {}
    : { ...(source === undefined ? {} : { source }), ...(user === undefined ? {} : { user }) }
  return { ...rest, ...who, sevenfold: { ...window.last.sevenfold, repeat } }
}

/** A fold with no windows open. */
export function createFold(options: FoldOptions): Fold {
  const { clock } = options
  const windows = new Map<string, Window>()
  let timer: Timer | undefined
  const emit = (window: Window): void => {
    if (window.folded > 0) options.emit(countedDraft(window))
  }
  const sweep = (): void => {
    const now = clock.monotonicMs()
    for (const [key, window] of windows) {
      if (now - window.startedMs < foldWindowMs) continue
      windows.delete(key)
      emit(window)
    }
  }
  const arm = (): void => {
    timer ??= clock.after(sweepMs, () => {
      timer = undefined
      sweep()
      if (windows.size > 0) arm()
    })
  }
  const windowOf = (draft: EventDraft, pressed: boolean): Window => {
    const now = clock.monotonicMs()
    const exact = exactKey(draft)
    const known = windows.get(exact)
    // An exact window that is open goes on: under pressure it only keeps others from opening.
    const isOpen = known !== undefined && now - known.startedMs < foldWindowMs
    if (isOpen) return known
    if (known === undefined && windows.size >= maxFoldKeys) sweep()
    const coarse = !isProtected(draft) && (pressed || windows.size >= maxFoldKeys)
    const key = coarse ? coarseKey(draft) : exact
    const found = coarse ? windows.get(key) : known
    if (found !== undefined) {
      if (now - found.startedMs < foldWindowMs) return found
      emit(found)
    }
    const window = { startedMs: now, coarse, seen: 0, folded: 0, first: draft['@timestamp'], last: draft }
    windows.set(key, window)
    arm()
    return window
  }
  return {
    admit: (draft, pressed) => {
      if (!isFoldable(draft)) return true
      const window = windowOf(draft, pressed)
      window.seen += 1
      if (window.seen <= foldAfter) return true
      if (window.folded === 0) window.first = draft['@timestamp']
      window.folded += draft.sevenfold.repeat?.count ?? 1
      window.last = draft
      return false
    },
    flush: () => {
      for (const window of windows.values()) emit(window)
      windows.clear()
    },
    close: () => timer?.cancel(),
  }
}
